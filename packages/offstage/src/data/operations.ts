// The operations of one model as one principal, each from what the caller sent to what the caller sees.

import { OffstageError } from '../base/errors.ts'
import { isPlain } from '../base/realms.ts'
import { authoriseFilter } from '../query/authorise.ts'
import { closed, ruleFor } from '../query/policies.ts'
import type { Principal } from '../query/principal.ts'
import type { Filter, Query } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { Action, ModelDef } from '../schema/registry.ts'
import { UniqueViolation } from '../store/store.ts'
import { rawQuery, readerBehind, readerOf, type Scope, type Work } from './core.ts'
import type { MatchOptions } from './data.ts'
import { begin, ended, type Frame } from './frames.ts'
import { withPlace, appError, tooManyRowsError } from './mistakes.ts'
import { invalidValues, notWritable, ruleFails } from './refusals.ts'
import { keyFilter, type Asking } from './reads.ts'
import { lockRow, lockRows } from './rows.ts'
import { showWritten } from './show.ts'
import { mayGive, readGiven, writerIn, type Given } from './values.ts'
import type { Written } from './writes.ts'

/** Whoever is known is here at once: what is wrong with a call is then found while the call is on the stack. */
export const principalOf = (scope: Scope): Principal | Promise<Principal> =>
  scope.who.kind === 'load' ? load(scope, scope.who.id) : scope.who

async function load({ core, frame, author }: Scope, id: string): Promise<Principal> {
  const { user } = core.registry
  if (!user) throw new OffstageError('invalid_call', { detail: 'The app has no user model, so there is nobody to act as.' })
  const { rows } = await readerOf({ core, frame }).list(
    rawQuery(user, keyFilter({ core, principal: { kind: 'system' }, author }, user, id), 1),
  )
  if (!rows[0])
    throw new OffstageError('not_found', { detail: `There is no row of ${user.name} with this id to act as.`, model: user.name })
  return { kind: 'user', id, row: rows[0] }
}

export function askingOf(scope: Scope): Asking | Promise<Asking> {
  const { core, cause, frame, readOnly, author, asker } = scope
  if (frame?.over) throw ended()
  const asking = (principal: Principal): Asking => ({
    core,
    principal,
    author,
    // Code that may write decides by what it reads: it reads what is true now.
    reader: readOnly && !frame ? readerBehind(core, principal, cause, asker) : readerOf(scope),
  })
  const who = principalOf(scope)
  return who instanceof Promise ? who.then(asking) : asking(who)
}

/** A write before it is begun. */
export type AsWriter = Omit<Work, 'frame'>

/** Who writes, before anything is locked: what can be refused without looking at a row is refused without a transaction. */
function writerOf(scope: Scope): AsWriter | Promise<AsWriter> {
  if (scope.readOnly) {
    throw new OffstageError('invalid_call', {
      detail: "This `db` belongs to a GET request, which may be repeated at will and cannot write. Give the endpoint `method: 'POST'`.",
    })
  }
  if (scope.frame && !scope.frame.open) throw ended()
  const { core, author } = scope
  const who = principalOf(scope)
  return who instanceof Promise ? who.then((principal) => ({ core, principal, author })) : { core, principal: who, author }
}

/** In the scope's transaction or one of its own. */
function enter<T>({ core, frame: outer, cause }: Scope, run: (frame: Frame) => Promise<T>): Promise<T> {
  return begin(core, outer, (frame) => {
    frame.root.causes.add(cause)
    return run(frame)
  })
}

/** A write as the scope's principal: what is asked is read first, and refused without a transaction. */
export async function write<R, T>(scope: Scope, read: (writer: AsWriter) => R, run: (work: Work, asked: R) => Promise<T>): Promise<T> {
  let writer: AsWriter
  let asked: R
  try {
    const found = writerOf(scope)
    writer = found instanceof Promise ? await found : found
    asked = read(writer)
  } catch (error) {
    throw withPlace(error)
  }
  return enter(scope, (frame) => run({ ...writer, frame }, asked))
}

/** Undefined `back`: nothing comes back, and nothing need be readable. */
async function shown(work: Work, model: ModelDef, written: Written, back: Query | undefined): Promise<Row | undefined> {
  return (
    back &&
    showWritten(work, model, written.row, written.mark, back).catch((error: unknown) => {
      throw tooManyRowsError(work.author, error)
    })
  )
}

function refuseClosed({ core, principal }: AsWriter, model: ModelDef, action: Action): void {
  if (ruleFor(core.policies, principal, model.name, action).is === 'false') throw closed(model, action, principal)
}

const given = (writer: AsWriter, model: ModelDef, values: unknown, op: 'create' | 'update'): Given =>
  readGiven(writerIn(writer), model, values, op)

/** The row that a caller means by a key: by values only that the caller may read, or whether it is refused would tell what they are. */
function meant(writer: AsWriter, model: ModelDef, key: unknown): Filter {
  const where = keyFilter(writer, model, key)
  return typeof key === 'string' ? where : authoriseFilter(model.name, where, writer.principal, writer.core.policies)
}

export async function create(scope: Scope, model: ModelDef, values: unknown, back: Query | undefined): Promise<Row | undefined> {
  return write(
    scope,
    (writer) => {
      refuseClosed(writer, model, 'create')
      return given(writer, model, values, 'create')
    },
    async (work, asked) => shown(work, model, await work.core.writes.create(work, model, asked), back),
  )
}

export async function update(
  scope: Scope,
  model: ModelDef,
  key: unknown,
  values: unknown,
  back: Query | undefined,
  options: MatchOptions,
): Promise<Row | undefined> {
  return write(
    scope,
    (writer) => {
      refuseClosed(writer, model, 'update')
      return { where: meant(writer, model, key), values: given(writer, model, values, 'update') }
    },
    async (work, asked) => {
      const found = await lockRow(work, model, asked.where, 'update', asked.values, options)
      return shown(work, model, await work.core.writes.update(work, model, found, asked.values), back)
    },
  )
}

export async function remove(scope: Scope, model: ModelDef, key: unknown, options: MatchOptions): Promise<void> {
  return write(
    scope,
    (writer) => {
      refuseClosed(writer, model, 'delete')
      return meant(writer, model, key)
    },
    async (work, where) => {
      const found = await lockRow(work, model, where, 'delete', undefined, options)
      await work.core.writes.remove(work, model, found.row)
    },
  )
}

/**
 * An unreadable row with this key is as good as none: making another one then meets the unique value. Where nothing is to be changed,
 * reading the row is all that is asked.
 */
export async function upsert(
  scope: Scope,
  model: ModelDef,
  key: unknown,
  create: unknown,
  update: unknown,
  back: Query,
): Promise<Row | undefined> {
  const read = (writer: AsWriter) => ({ where: meant(writer, model, key), change: given(writer, model, update, 'update') })
  return write(scope, read, async (work, { where, change }) => {
    const found = async (): Promise<Written | undefined> => {
      const [locked] = await lockRows(work, model, where, 1, 'update', change)
      if (!locked?.passes('~read')) return undefined
      if (change.columns.length === 0 && change.lists.length === 0) return { row: locked.row, mark: work.frame.root.writes }
      refuseClosed(work, model, 'update')
      if (!locked.passes('~may')) throw ruleFails(model, 'update')
      return work.core.writes.update(work, model, locked, change)
    }
    const made = async (): Promise<Written> => {
      refuseClosed(work, model, 'create')
      const values = given(work, model, withKey(work, model, key, create), 'create')
      const { writes } = work.frame.root
      try {
        return await work.core.writes.create(work, model, values)
      } catch (error) {
        if (!isTaken(error, key)) throw error
        // Another writer was faster: PostgreSQL begins anew at this read, and then finds the row.
        const met = await found()
        if (met && work.frame.root.writes === writes) return met
        throw error
      }
    }
    return shown(work, model, (await found()) ?? (await made()), back)
  })
}

/**
 * A new row has what the key says, unless its writer says otherwise. A key that the writer may not give is refused: the row would get another
 * one, and not be found by this when it is asked for again.
 */
function withKey({ core: { policies }, principal }: AsWriter, model: ModelDef, key: unknown, values: unknown): unknown {
  if (!isPlain(key) || !isPlain(values)) return values
  const kept = Object.keys(key).filter((name) => !mayGive({ policies, principal }, model.fields.get(name)!))
  if (kept.length > 0) throw notWritable(model, kept)
  return { ...key, ...values }
}

/** Whether another row has exactly this key. */
function isTaken(error: unknown, key: unknown): boolean {
  if (!(error instanceof OffstageError) || !(error.cause instanceof UniqueViolation) || !isPlain(key)) return false
  const { fields } = error.cause
  return fields.length === Object.keys(key).length && fields.every((name) => Object.hasOwn(key, name))
}

/** `{ return: 'none' }` apart, which is no part of a query. */
export function returnsNothing(options: object | undefined): boolean {
  const wanted = (options as { return?: unknown } | undefined)?.return
  if (wanted !== undefined && wanted !== 'none')
    throw appError(
      invalidValues([{ path: 'return', code: 'not_a_choice', message: "Takes 'none', or is left out." }]),
      "Write { return: 'none' } for nothing.",
    )
  return wanted === 'none'
}
