// What the measured servers that are not Offstage share: the shape of the tables that Offstage made, and small things
// that every backend needs.
import { createHash, randomBytes } from 'node:crypto'

export const productColumns = [
  'id',
  'createdAt',
  'updatedAt',
  'version',
  'name',
  'description',
  'price',
  'stock',
  'active',
  'releasedAt',
  'category',
] as const

/** How each of them opens a SQLite file. */
export const sqlitePragmas: readonly string[] = [
  'journal_mode = wal',
  'synchronous = full',
  'foreign_keys = on',
  'busy_timeout = 5000',
  'cache_size = -65536',
  'mmap_size = 268435456',
]

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** The session and its user, as a request with a token needs them. */
export const sessionQuery =
  'select s.id as session, s."createdAt" as "startedAt", s."lastUsedAt", u.* from "authSessions" s join users u on u.id = s."user" where s."hash" = ?'

export interface Session {
  startedAt: string
  lastUsedAt: string
}

/** Used within thirty days and not older than a year: what Offstage asks too. */
export function alive(session: Session | undefined): boolean {
  if (!session) return false
  const now = Date.now()
  return now - Date.parse(session.lastUsedAt) < 30 * 86_400_000 && now - Date.parse(session.startedAt) < 365 * 86_400_000
}

/** Version 7: ordered by time. */
export function uuid(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Tells the process that started this one where it listens. */
export const announce = (port: number): void => {
  process.send?.({ port })
}
