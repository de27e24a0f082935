// Which other origins' pages may call: CORS, and the refusal of requests that a strange page makes with the visitor's cookie.

import { OffstageError } from '../base/errors.ts'
import type { Route } from './http.ts'

type Headers = Readonly<Record<string, string | undefined>>

export interface OriginOptions {
  /** `https://app.example`: origins that may call with cookies. */
  readonly origins: readonly string[]
  /** Where the app itself is reached, when that is known. */
  readonly publicUrl?: string | undefined
  /** Every origin on this machine may call, as a frontend's development server does. */
  readonly development: boolean
}

export interface Origins {
  /** Headers to add to an answer, in pairs. */
  answer(origin: string | undefined, route: Route | undefined): readonly string[]
  /** Headers of the answer to a preflight, in pairs. */
  preflight(headers: Headers, allow: string, route: Route | undefined): readonly string[]
  /** Why the request is refused: a page of a strange origin would act with the visitor's cookie. */
  refuse(method: string, headers: Headers, route: Route): OffstageError | undefined
}

const local = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/
const exposed = ['access-control-expose-headers', 'ETag, Location, Retry-After, Preference-Applied']
const asked = 'authorization, content-type, if-match, if-none-match, prefer, accept, last-event-id'

export function openOrigins(options: OriginOptions): Origins {
  const listed: ReadonlySet<string> = new Set(options.origins)
  const own = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).origin
  const trusts = (origin: string): boolean => listed.has(origin) || (options.development && local.test(origin))
  const varies = listed.size > 0 || options.development

  const answer: Origins['answer'] = (origin, route) => {
    const open = route?.cors?.includes('*') === true
    const vary = varies || (route?.cors && !open) ? ['vary', 'Origin'] : []
    if (open && (origin === undefined || !trusts(origin))) return ['access-control-allow-origin', '*', ...exposed, ...vary]
    if (origin === undefined) return vary
    if (trusts(origin)) return ['access-control-allow-origin', origin, 'access-control-allow-credentials', 'true', ...exposed, ...vary]
    return route?.cors?.includes(origin) ? ['access-control-allow-origin', origin, ...exposed, ...vary] : vary
  }

  return {
    answer,
    preflight(headers, allow, route) {
      const allowed = answer(headers.origin, route)
      if (allowed[0] !== 'access-control-allow-origin') return allowed
      return [...allowed, 'access-control-allow-methods', allow, 'access-control-allow-headers', asked, 'access-control-max-age', '600']
    },
    refuse(method, headers, route) {
      if (method === 'GET' || method === 'HEAD' || (headers.cookie === undefined && !route.signsIn)) return undefined
      const site = headers['sec-fetch-site']
      if (site === 'same-origin' || site === 'none') return undefined
      const { origin } = headers
      // Without either header it is not a browser, and nobody's cookie was added behind his back.
      if (origin === undefined && site === undefined) return undefined
      if (origin !== undefined && trusts(origin)) return undefined
      // Browsers leave out Sec-Fetch-Site on plain http. Where it is there, it knows better: http and https differ.
      if (origin !== undefined && site === undefined && (own === undefined ? sameHost(origin, headers.host) : origin === own))
        return undefined
      return refused(origin, options.development)
    },
  }
}

function sameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}

function refused(origin: string | undefined, development: boolean): OffstageError {
  const name = origin !== undefined && /^https?:\/\/[\w.:[\]-]{1,200}$/.test(origin) ? origin : undefined
  return new OffstageError('origin_refused', {
    detail:
      name === undefined
        ? 'A page of another origin made this request with a cookie.'
        : `A page of ${name} made this request. To allow it, add that origin to ORIGINS: ORIGINS=${name}`,
    hint: development && name !== undefined ? `Write ORIGINS=${name} in .env, or leave the cookie out and use a bearer token.` : undefined,
  })
}
