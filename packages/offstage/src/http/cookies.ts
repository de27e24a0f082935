/** The value of a cookie in a `Cookie` header. The first of a name counts: browsers send the most specific one first. */
export function readCookie(header: string, name: string): string | undefined {
  for (let start = 0; start < header.length;) {
    let end = header.indexOf(';', start)
    if (end < 0) end = header.length
    while (header.charCodeAt(start) === 32) start++
    if (header.startsWith(name, start) && header.charCodeAt(start + name.length) === 61) {
      return header.slice(start + name.length + 1, end).trimEnd()
    }
    start = end + 1
  }
  return undefined
}

export interface CookieOptions {
  /** Seconds the cookie lives; 0 removes it. */
  readonly maxAge: number
  /** Sent over https only. A name that begins with `__Host-` needs it. */
  readonly secure: boolean
}

/** A `Set-Cookie` header for this host only, out of reach of scripts. The value must not need escaping. */
export function writeCookie(name: string, value: string, options: CookieOptions): string {
  if (!/^[\w.~+/=-]*$/.test(value)) throw new TypeError('A cookie value may hold letters, digits and . ~ + / = - _ only.')
  return `${name}=${value}; Path=/; Max-Age=${Math.floor(options.maxAge)}; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`
}
