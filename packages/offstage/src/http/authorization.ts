/** The characters of RFC 9110's `token68`. */
const token68 = /^ +([\w.~+/-]+=*)$/
/** Longer ones are nobody's, and nobody shall work on them. */
const mostCharacters = 8192

/**
 * The token of `Authorization: <scheme> <token>`, the scheme in any case. Undefined for another scheme; empty for what is of this scheme
 * and holds no token that there could be.
 */
export function tokenOf(header: string, scheme: string): string | undefined {
  const { length } = scheme
  if (header.slice(0, length).toLowerCase() !== scheme.toLowerCase() || /^[\w!#$%&'*+.^`|~-]/.test(header.slice(length))) return undefined
  const token = token68.exec(header.slice(length))?.[1] ?? ''
  return token.length > mostCharacters ? '' : token
}
