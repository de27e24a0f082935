import { jwtVerify, SignJWT } from 'jose'

const algorithm = 'HS256'
const keyOf = (secret: string) => new TextEncoder().encode(secret)

export const makeToken = (user: string, secret: string): Promise<string> =>
  new SignJWT().setProtectedHeader({ alg: algorithm }).setSubject(user).setIssuedAt().setExpirationTime('30d').sign(keyOf(secret))

/** The id of the user, or null for a token that is not ours, was changed, or is too old. */
export const userOfToken = (token: string, secret: string): Promise<string | null> =>
  jwtVerify(token, keyOf(secret), { algorithms: [algorithm] }).then(
    ({ payload: { sub } }) => (typeof sub === 'string' ? sub : null),
    () => null,
  )
