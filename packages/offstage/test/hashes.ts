// The password hashes that are made, and a way to hold them back. To be imported before what makes them.

import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

type Parameters = Readonly<Record<'memory' | 'passes' | 'parallelism' | 'tagLength', number>>

const told = new Set<(parameters: Parameters, done: Promise<void>) => void>()
let gate: Promise<void> | undefined

const { argon2 } = crypto
crypto.argon2 = ((algorithm: 'argon2id', parameters: any, done: (error: Error | null, tag: Buffer) => void) => {
  const ended = Promise.withResolvers<void>()
  const begin = (): void =>
    argon2(algorithm, parameters, (error, tag) => {
      ended.resolve()
      done(error, tag)
    })
  for (const tell of told) tell(parameters, ended.promise)
  if (gate) void gate.then(begin)
  else begin()
}) as typeof argon2
syncBuiltinESMExports()

/** Tells `tell` of every hash that is begun, and when it is done, until the answer is called. */
export function watchHashes(tell: (parameters: Parameters, done: Promise<void>) => void): () => void {
  told.add(tell)
  return () => void told.delete(tell)
}

/** No hash is made until the answer is called. */
export function holdHashes(): () => void {
  const held = Promise.withResolvers<void>()
  gate = held.promise
  return () => {
    gate = undefined
    held.resolve()
  }
}
