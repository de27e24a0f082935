// What PostgreSQL and the way to it can fail with, in our words. States are those of appendix A of its manual.

import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import { busy } from '../server/door.ts'

/** The five characters of the server's own error; undefined for what is none: a connection that broke, say. */
export function stateOf(error: unknown): string | undefined {
  // Node's errors have codes too, and some have five characters.
  return isError(error) && 'severity' in error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Thrown in place of the driver's error when there is no connection, or none any more. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('The connection to the database is lost.', { cause })
  }
}

/** The connection was given up because of another statement on it: this one can be asked again at once. */
export class GivenUp extends ConnectionLost {}

/** The statement did not get an answer, or not one about itself: whether it was carried out is not known. */
export function isLost(error: unknown): boolean {
  const state = stateOf(error)
  return error instanceof ConnectionLost || (state !== undefined && (state.startsWith('08') || /^57P0[1235]/.test(state)))
}

/** Two transactions met; one of them must be run again. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(stateOf(error) ?? '')

/** A transaction waited for what another has locked, longer than it is wise to while it holds locks of its own. */
export const isLocked = (error: unknown): boolean => stateOf(error) === '55P03'

/** The transaction was given up by an earlier statement. */
export const isAborted = (error: unknown): boolean => stateOf(error) === '25P02'

/** A prepared statement that the tables have changed under, or that the server does not know. */
export function isStale(error: unknown): boolean {
  const state = stateOf(error)
  return state === '26000' || (state === '0A000' && isError(error) && error.message.includes('cached plan'))
}

export const isCancelled = (error: unknown): boolean => stateOf(error) === '57014'

/** Failures of the machine or the way to it, not of the statement; anything else stays as it is. */
export function unavailable(error: unknown): unknown {
  if (isLost(error)) return busy('The database cannot be reached now; try again.', error)
  if (isCancelled(error)) {
    return new OffstageError('timeout', {
      detail: 'This question takes too long to answer. Ask through fewer lists, for fewer rows, or with a narrower filter.',
      cause: error,
    })
  }
  const state = stateOf(error) ?? ''
  // Short of memory, disk or connections; a lock that could not be had; a server that takes no writes; a failing disk.
  if (/^5[38]/.test(state) || state === '25006' || isLocked(error) || isConflict(error))
    return busy('The database cannot do this now; try again.', error)
  // Only columns of adopted tables have types that refuse a text: a uuid, an enum of the database's own.
  if (/^22(P02|00[378])$/.test(state)) {
    return new OffstageError('invalid_filter', {
      detail: 'A value does not have the form that its column has in the database.',
      cause: error,
    })
  }
  return error
}

/** Of those who make or change tables: the user has not the right, or there is no schema to make them in. They are told what the server said. */
export function notAllowed(error: unknown, place: string): unknown {
  const state = stateOf(error)
  if (state !== '42501' && state !== '3F000') return unavailable(error)
  return new OffstageError('configuration', {
    detail: `The tables of ${place} could not be made or looked after: ${(error as Error).message}.`,
    hint: 'Let the user of DATABASE_URL own the schema: create schema <name> authorization <user>. Or let one who owns it run `offstage migrate up`.',
    cause: error,
  })
}
