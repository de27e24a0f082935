import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../store/operations.ts'
import { errorCodes } from './error-codes.ts'

const tries = 8
// A lock that was not had in time, a deadlock, a serialization failure: of PostgreSQL and of MySQL.
const passing = new Set<string | number>(['55P03', '40P01', '40001', 1205, 1213])

/** Again and again, with longer and longer pauses, while others hold the locks that `run` needs. */
export async function patiently<T>(session: Session, run: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await run()
    } catch (error) {
      if (session.dialect === 'sqlite' || tried >= tries || !errorCodes(error).some((code) => passing.has(code))) throw error
      await sleep(Math.min(100 * 2 ** tried, 5_000) * (0.5 + Math.random()))
    }
  }
}
