// What MySQL, MariaDB and the way to them can fail with, in our words. Numbers are those of the servers' manuals.

import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import { busy } from '../server/door.ts'

/** The number of the server's own error; undefined for what is none: a connection that broke, say, whose numbers are negative. */
export function numberOf(error: unknown): number | undefined {
  if (!isError(error) || !('errno' in error) || typeof error.errno !== 'number') return undefined
  return error.errno > 0 ? error.errno : undefined
}

/** Thrown in place of the driver's error when there is no connection, or none any more. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('The connection to the database is lost.', { cause })
  }
}

// The server shuts down, or it has ended this connection.
const ends = new Set([1053, 1077, 1079, 1152, 1159, 1161, 1184, 1927, 3169, 4031])

/** The statement did not get an answer, or not one about itself: whether it was carried out is not known. */
export const isLost = (error: unknown): boolean => error instanceof ConnectionLost || ends.has(numberOf(error) ?? 0)

// A lock not had in time, a deadlock, a row that changed, a table that changed, a statement to be prepared again.
const conflicts = new Set([1205, 1213, 1020, 1412, 1615, 3572])

/** Two transactions met; one of them must be run again. */
export const isConflict = (error: unknown): boolean => conflicts.has(numberOf(error) ?? 0)

const timeouts = new Set([1317, 1969, 3024])

// Short of memory, disk, connections or statements; a server or user that may not write now.
const machine = new Set([1021, 1037, 1038, 1040, 1041, 1114, 1129, 1135, 1203, 1226, 1290, 1461, 1792, 1836, 3100])

/** Failures of the machine or the way to it, not of the statement; anything else stays as it is. */
export function unavailable(error: unknown): unknown {
  if (isLost(error)) return busy('The database cannot be reached now; try again.', error)
  const number = numberOf(error) ?? 0
  if (timeouts.has(number)) {
    return new OffstageError('timeout', {
      detail: 'This question takes too long to answer. Ask through fewer lists, for fewer rows, or with a narrower filter.',
      cause: error,
    })
  }
  // Below 1000: a file that the server could not read, write or remove.
  if ((number > 0 && number < 1_000) || machine.has(number) || isConflict(error))
    return busy('The database cannot do this now; try again.', error)
  return error
}

// No right to the database, to a statement on a table, or to one of the server's own.
const rights = new Set([1044, 1142, 1143, 1227, 1370])

/** Of those who make or change tables: the user has not the right. They are told what the server said. */
export function notAllowed(error: unknown, place: string): unknown {
  if (!rights.has(numberOf(error) ?? 0)) return unavailable(error)
  return new OffstageError('configuration', {
    detail: `The tables of ${place} could not be made or looked after: ${(error as Error).message}.`,
    hint: 'Let the user of DATABASE_URL do so: grant all on <database>.* to <user>. Or let one who may run `offstage migrate up`.',
    cause: error,
  })
}
