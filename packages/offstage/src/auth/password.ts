import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { OffstageError } from '../base/errors.ts'
import { openQueue } from './queue.ts'

/** The cost of a password hash: memory in KiB, passes over it, lanes. */
export interface HashCost {
  readonly memory: number
  readonly passes: number
  readonly lanes: number
}

/** The least that OWASP recommends for argon2id: 19 MiB, 2 passes; about 25 ms of one processor. */
export const defaultCost: HashCost = { memory: 19_456, passes: 2, lanes: 1 }
/** For tests only: a hash in a tenth of a millisecond, worth nothing against guessing. */
export const testCost: HashCost = { memory: 8, passes: 1, lanes: 1 }

export interface Passwords {
  /** `nonce` is for a password that is known to everyone: then its hash is always the same, and who has it can be looked up. */
  hash(password: string, signal?: AbortSignal, nonce?: Buffer): Promise<string>
  /** Without a stored hash it does the same work and answers false, so that an unknown account takes as long as a known one. */
  verify(password: string, stored: string | undefined, signal?: AbortSignal): Promise<boolean>
  /** Whether the hash was made at another cost than today's. */
  stale(stored: string): boolean
}

const derive = promisify(argon2)
const tagLength = 32
const phc = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

/**
 * Argon2id hashes in the PHC form. At least one processor is left to requests that need no hash. `never` is a password that
 * is known to everyone: it is not taken, and where it is stored already it does not hold.
 */
export function openPasswords(cost: HashCost, never?: string): Passwords {
  const queue = openQueue(Math.min(3, Math.max(1, availableParallelism() - 1)), 48)
  const prefix = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.lanes}$`
  const tag = (password: string, nonce: Buffer, by: HashCost, length: number, signal?: AbortSignal): Promise<Buffer> =>
    queue.run(
      () =>
        derive('argon2id', { message: password, nonce, memory: by.memory, passes: by.passes, parallelism: by.lanes, tagLength: length }),
      signal,
    )
  const nobody = { by: cost, nonce: randomBytes(16), expected: randomBytes(tagLength) }

  return {
    async hash(password, signal, nonce = randomBytes(16)) {
      if (password === never)
        throw new OffstageError('invalid_values', { errors: [{ path: 'password', code: 'too_common', message: 'Is known to everyone.' }] })
      return `${prefix}${base64(nonce)}$${base64(await tag(password, nonce, cost, tagLength, signal))}`
    },
    async verify(password, stored, signal) {
      const known = stored === undefined ? undefined : parse(stored)
      const { by, nonce, expected } = known ?? nobody
      const found = await tag(password, nonce, by, expected.length, signal)
      return timingSafeEqual(found, expected) && known !== undefined && password !== never
    },
    stale: (stored) => !stored.startsWith(prefix),
  }
}

function parse(stored: string): { by: HashCost; nonce: Buffer; expected: Buffer } | undefined {
  const match = phc.exec(stored)
  if (!match) return undefined
  const [, memory, passes, lanes, nonce, expected] = match
  return {
    by: { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    nonce: Buffer.from(nonce!, 'base64'),
    expected: Buffer.from(expected!, 'base64'),
  }
}
