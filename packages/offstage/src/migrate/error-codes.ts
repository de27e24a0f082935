import { isError } from '../base/realms.ts'

/** The codes that drivers gave an error and its causes: SQLSTATE of PostgreSQL, numbers of MySQL and SQLite. */
export function errorCodes(error: unknown): readonly (string | number)[] {
  const found: (string | number)[] = []
  for (let one = error, depth = 0; isError(one) && depth < 5; one = one.cause, depth++) {
    const { code, errno, errcode } = one as { code?: unknown; errno?: unknown; errcode?: unknown }
    for (const value of [code, errno, errcode]) if (typeof value === 'string' || typeof value === 'number') found.push(value)
    // MariaDB tells a foreign key that is there twice as a failed file operation, with the reason in words only.
    if (errno === 1005 && /errno: 121\b/.test(one.message)) found.push(121)
  }
  return found
}
