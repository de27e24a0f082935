import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { testApp, type TestApp } from 'offstage/testing'
import { app } from '../../../../examples/conduit/app.ts'
import { openJudge } from '../answers.ts'
import { retrying } from '../retrying.ts'
import { againstSpecification } from './shapes.ts'

export const secret = 'the secret of the tokens in these tests'
export const password = 'password123'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Undefined where there is none. */
  readonly body: any
  readonly text: string
}
export interface Sent {
  /** A token. */
  readonly as?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A text goes as it is. */
  readonly body?: unknown
}

export interface Conduit extends AsyncDisposable {
  readonly test: TestApp<typeof app>
  /** Every answer is held against the app's own document and against the specification. */
  send(method: string, path: string, sent?: Sent): Promise<Reply>
  /** The same for what is documented nowhere: no such path, no such method. */
  stray(method: string, path: string, sent?: Sent): Promise<Reply>
  /** A new user, and the token. */
  register(username: string): Promise<string>
  /** A new article of this user, and its slug. A second lies between one and the next. */
  write(token: string, title: string, tagList?: readonly string[]): Promise<string>
}

export async function openConduit(): Promise<Conduit> {
  const test = await testApp(app, { env: { JWT_SECRET: secret } })
  const judge = openJudge((await (await test.fetch('/openapi.json')).json()) as object)

  async function stray(method: string, path: string, { as, headers, body }: Sent = {}): Promise<Reply> {
    const answer = await test.fetch(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && { authorization: `Token ${as}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = answer.headers.get('content-type')?.includes('json') ?? false
    return { status: answer.status, headers: answer.headers, text, body: json ? JSON.parse(text) : text === '' ? undefined : text }
  }
  async function send(method: string, path: string, sent?: Sent): Promise<Reply> {
    const reply = await retrying(() => stray(method, path, sent))
    const { status, headers, text, body } = reply
    const { operation, problems } = judge({ method, path, status, type: headers.get('content-type'), body: text })
    assert.deepEqual([...problems, ...againstSpecification(operation, status, body)], [], `${method} ${path} -> ${status}`)
    return reply
  }
  return {
    test,
    send,
    stray,
    async register(username) {
      const user = { username, email: `${username}@example.com`, password }
      return succeeded(await send('POST', '/api/users', { body: { user } })).user.token
    },
    async write(as, title, tagList) {
      test.clock.advance(1000)
      const article = { title, description: `About ${title}`, body: `${title}, at length.`, tagList }
      return succeeded(await send('POST', '/api/articles', { as, body: { article } })).article.slug
    },
    [Symbol.asyncDispose]: () => test.close(),
  }
}

/** The body of a success. */
export function succeeded({ status, body, text }: Reply): any {
  assert.ok(status < 300, `${status} ${text}`)
  return body
}

/** That it is this error, in the words of the specification, and no other. */
export function refused({ status, body }: Reply, expected: number, errors: Readonly<Record<string, readonly string[]>>): void {
  assert.deepEqual([status, body], [expected, { errors }])
}

export const blank = ["can't be blank"]
export const taken = ['has already been taken']

/** A token, made by hand and as wrong as one likes. */
export function token(payload: object, key: string = secret, header: object = { alg: 'HS256' }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const said = `${part(header)}.${part(payload)}`
  return `${said}.${key === '' ? '' : createHmac('sha256', key).update(said).digest('base64url')}`
}
