// The logins that `offstage dev` prints, each tried.

import assert from 'node:assert/strict'
import type { Workplace } from './offstage.ts'

interface Printed {
  readonly logins: readonly string[]
  readonly url: string
}

/** What `dev` prints, and what happens to who believes it. */
export async function dev<T>(place: Workplace, env: Record<string, string>, then: (printed: Printed) => Promise<T>): Promise<T> {
  const running = place.start(env, 'dev', '.')
  try {
    const [, url] = await running.until(/(http:\/\/localhost:\d+)\/(?:api)?\n/, 60)
    const [, password, list] = await running.until(/(?:password (\S+) \(development only\)\n((?: +\S+@\S+.*\n)+)|Sign up .*)\n/, 60)
    const logins = [...(list ?? '').matchAll(/(\S+@\S+)/g)].map(([, login]) => login!)
    for (const email of logins) assert.equal((await signIn(url!, email, password!)).status, 200, `${email} was printed`)
    return await then({ logins, url: url! })
  } finally {
    assert.equal(await running.stop(), 0)
  }
}

export const post = (url: string, body: object, cookie = ''): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) })

export const signIn = (url: string, email: string, password: string): Promise<Response> =>
  post(`${url}/api/auth/sign-in`, { email, password })
export const loginsOf = (place: Workplace, env: Record<string, string> = {}): Promise<readonly string[]> =>
  dev(place, env, async ({ logins }) => logins)
