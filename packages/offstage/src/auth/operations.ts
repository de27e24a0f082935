import type { DescribedOperation } from '../http/http.ts'

/** JSON Schema 2020-12. */
export type Schema = Readonly<Record<string, unknown>>

const text = (limits: Schema = {}): Schema => ({ type: 'string', ...limits })
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
})
const as = text({
  enum: ['cookie', 'token'],
  default: 'cookie',
  description: '`token` puts the token in the answer, for clients that are no browser, and sets no cookie.',
})
const instant = text({ format: 'date-time' })

/**
 * `user` is the schema of a row of the user model, `values` that of what may be given when one is created, `login` the field that is the
 * login, `min` the fewest characters of a password.
 */
export function authOperations(given: {
  readonly signUp: boolean
  readonly login: string
  readonly min: number
  readonly user: Schema
  readonly values: Schema
}): DescribedOperation[] {
  const password = text({ minLength: given.min, maxLength: 256, format: 'password' })
  // Where the rules do not let users read themselves, they know their id all the same.
  const user: Schema = { anyOf: [given.user, object({ id: text() })] }
  const signedIn = object({ user, expiresAt: instant, token: text() }, ['token'])
  const session = object({
    id: text(),
    createdAt: instant,
    lastUsedAt: instant,
    ip: text(),
    userAgent: text(),
    current: { type: 'boolean' },
  })
  const signUp: DescribedOperation = {
    name: 'auth.signUp',
    summary: 'Sign up',
    signedIn: false,
    description: 'Makes a user and signs in. Besides the password it takes what a new user may write.',
    body: { allOf: [given.values, { type: 'object', properties: { password, as }, required: ['password'] }] },
    answer: { status: 201, description: 'The new user, signed in.', schema: signedIn },
    problems: ['malformed', 'unknown_field', 'conflict', 'invalid_values', 'too_many_requests', 'unavailable'],
  }
  return [
    ...(given.signUp ? [signUp] : []),
    {
      name: 'auth.signIn',
      summary: 'Sign in',
      signedIn: false,
      body: object({ [given.login]: text({ maxLength: 254 }), password: text({ format: 'password' }), as }, ['as']),
      answer: { status: 200, description: 'The user, signed in: by a cookie, or by the token in the answer.', schema: signedIn },
      problems: ['malformed', 'unknown_field', 'invalid_credentials', 'invalid_values', 'too_many_requests', 'unavailable'],
    },
    {
      name: 'auth.signOut',
      summary: 'Sign out',
      signedIn: false,
      answer: { status: 204, description: 'The session has ended.' },
      problems: ['unauthenticated'],
    },
    {
      name: 'auth.me',
      summary: 'Current user',
      signedIn: true,
      answer: { status: 200, description: 'The user as they may read themselves.', schema: user },
      problems: ['unauthenticated'],
    },
    {
      name: 'auth.sessions',
      summary: 'Sessions of the current user',
      signedIn: true,
      answer: {
        status: 200,
        description: 'The sessions, the latest used first.',
        schema: object({ data: { type: 'array', items: session }, next: { type: 'null' } }),
      },
      problems: ['unauthenticated'],
    },
    {
      name: 'auth.endSession',
      summary: 'End a session',
      signedIn: true,
      answer: { status: 204, description: 'The session has ended.' },
      problems: ['unauthenticated', 'not_found'],
    },
    {
      name: 'auth.changePassword',
      summary: 'Change the password',
      signedIn: true,
      description: 'All other sessions of the user end.',
      body: object({ current: text({ format: 'password' }), password }),
      answer: { status: 204, description: 'The new password holds.' },
      problems: ['malformed', 'unknown_field', 'unauthenticated', 'invalid_values', 'version_conflict', 'too_many_requests', 'unavailable'],
    },
  ]
}
