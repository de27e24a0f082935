import { DatabaseSync } from 'node:sqlite'
import { OffstageError } from '../base/errors.ts'

/**
 * Marks the database file as served by this process until `release`. The mark is a lock that the operating system takes back
 * when the process ends, however it ends: there is no stale file to remove by hand. Other commands may still read and write.
 */
export function ownDatabase(file: string): { release(): void } {
  if (file === ':memory:') return { release() {} }
  const lock = new DatabaseSync(`${file}-owner`, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== 5) throw error
    throw new OffstageError('database_in_use', {
      detail: `Another process serves ${file}.`,
      hint: 'Stop it first, or give this one another file: DATABASE_URL=file:./data/other.db',
    })
  }
  return { release: () => lock.close() }
}
