// The headers that every answer has, worked out once.

import type { HttpReply } from './http.ts'
import { dataPolicy, pagePolicy } from './policy.ts'

export interface StandingHeaders {
  /** The headers of the reply and the standing ones, as the pairs that `writeHead` takes. `more` are pairs too. */
  merge(reply: HttpReply, length: number | undefined, more: readonly string[]): string[]
}

/** `https`: the app is reached over https, and browsers shall never try without it again. */
export function openHeaders(https: boolean): StandingHeaders {
  const common: readonly string[] = [
    'x-content-type-options',
    'nosniff',
    'cross-origin-opener-policy',
    'same-origin',
    ...(https ? ['strict-transport-security', 'max-age=31536000'] : []),
  ]
  const standing = (policy: string, referrer: string, resource: string): readonly string[] => [
    ...common,
    'content-security-policy',
    policy,
    'referrer-policy',
    referrer,
    'cross-origin-resource-policy',
    resource,
  ]
  const data = standing(dataPolicy, 'no-referrer', 'same-origin')
  const page = standing(pagePolicy(), 'same-origin', 'same-origin')

  return {
    merge({ headers, status }, length, more) {
      const html = headers !== undefined && String(headers['content-type']).startsWith('text/html')
      // What a browser has kept takes over the headers of a 304, and would be shown under the policy of data.
      const base = status === 304 ? common : html ? page : data
      const list: string[] = []
      let overridden = false
      let vary: string | undefined
      for (const name in headers) {
        const value = headers[name]!
        if (name === 'vary') vary = String(value)
        else if (typeof value === 'string') list.push(name, value)
        else for (const one of value) list.push(name, one)
        if (base.includes(name)) overridden = true
      }
      for (let i = 0; i < base.length; i += 2) {
        if (!overridden || headers![base[i]!] === undefined) list.push(base[i]!, base[i + 1]!)
      }
      for (let i = 0; i < more.length; i += 2) {
        if (more[i] === 'vary') vary = vary === undefined || vary === more[i + 1] ? more[i + 1]! : `${vary}, ${more[i + 1]}`
        else if (headers?.[more[i]!] === undefined) list.push(more[i]!, more[i + 1]!)
      }
      if (vary !== undefined) list.push('vary', vary)
      if (length !== undefined && status !== 204 && status !== 304) list.push('content-length', String(length))
      return list
    },
  }
}
