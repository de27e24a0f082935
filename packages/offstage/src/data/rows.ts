// One row in the store: locked and read with its tests, inserted, changed, removed; each change noted for the log.

import { OffstageError } from '../base/errors.ts'
import { and } from '../query/build.ts'
import { readableFor, ruleFor, writableFor } from '../query/policies.ts'
import type { Filter } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { ReferenceViolation } from '../store/store.ts'
import { byId, idName, rawQuery, txOf, type Work } from './core.ts'
import type { ChangeEntry, MatchOptions } from './data.ts'
import { invalidValues, notFound, noSuchRow, refused, ruleFails } from './refusals.ts'
import { isOwnValue, pickRow, type Given } from './values.ts'

/** A row under lock, and which of the rules about it hold. */
export interface Locked {
  readonly row: Row
  /** Whether the test holds; those that hold for every row are not asked. */
  passes(test: string): boolean
}

export const writableTest = (field: string): string => `~writable ${field}`
export const readableTest = (field: string): string => `~readable ${field}`

/** The rows that pass, in the order of their ids, locked until the transaction ends. */
export async function lockRows(
  work: Work,
  model: ModelDef,
  where: Filter,
  limit: number,
  action: 'update' | 'delete',
  given?: Given,
): Promise<Locked[]> {
  const { policies } = work.core
  const tests: { as: string; where: Filter }[] = []
  const test = (as: string, filter: Filter): void => {
    if (filter.is !== 'true') tests.push({ as, where: filter })
  }
  if (work.principal.kind !== 'system') {
    test('~read', ruleFor(policies, work.principal, model.name, 'read'))
    test('~may', ruleFor(policies, work.principal, model.name, action))
    for (const { field } of given?.columns ?? []) {
      test(writableTest(field.name), writableFor(policies, work.principal, field))
      test(readableTest(field.name), readableFor(policies, work.principal, field))
    }
  }
  const query = rawQuery(model, where, limit)
  const { rows } = await txOf(work).listLocked(tests.length === 0 ? query : { ...query, tests })
  if (tests.length === 0) return rows.map((row) => ({ row, passes: () => true }))
  const asked = new Set(tests.map(({ as }) => as))
  return rows.map((found) => ({ row: pickRow(model, found), passes: (name) => !asked.has(name) || found[name] === true }))
}

/** The one row to change: 404 before 403 before 412. */
export async function lockRow(
  work: Work,
  model: ModelDef,
  where: Filter,
  action: 'update' | 'delete',
  given?: Given,
  { ifMatch }: MatchOptions = {},
): Promise<Locked> {
  const [found] = await lockRows(work, model, where, 1, action, given)
  if (!found?.passes('~read')) throw notFound(model)
  if (!found.passes('~may')) throw ruleFails(model, action)
  if (ifMatch !== undefined) matchVersion(model, found.row, ifMatch)
  return found
}

export const hasVersion = (model: ModelDef): boolean => model.fields.get('version')?.own === true
export const noVersion = (model: ModelDef): OffstageError =>
  new OffstageError('malformed', { detail: `Rows of ${model.name} have no version to match.` })

function matchVersion(model: ModelDef, row: Row, ifMatch: string): void {
  if (!hasVersion(model)) throw noVersion(model)
  if (String(row['version']) === String(ifMatch)) return
  throw new OffstageError('version_conflict', {
    detail: `The row of ${model.name} has changed since version ${String(ifMatch).slice(0, 20)} was read; read it again.`,
    model: model.name,
  })
}

const givenBy =
  (given: Given | undefined) =>
  (name: string): boolean =>
    given?.columns.some(({ field }) => field.name === name) === true

/** `asked` is the row as it was before hooks changed it. */
export async function insertRow(work: Work, model: ModelDef, row: Row, given: Given, asked: Row): Promise<Row> {
  try {
    await txOf(work).insert(model.name, row)
  } catch (error) {
    throw error instanceof ReferenceViolation
      ? await missingReference(work, model, row, asked, error)
      : refused(error, model, givenBy(given))
  }
  note(work, model, 'create', undefined, row)
  return row
}

export async function changeRow(
  work: Work,
  model: ModelDef,
  before: Row,
  changes: Row,
  given: Given | undefined,
  asked?: Row,
): Promise<Row> {
  const row = { ...before, ...changes }
  const id = before[idName(model)] as string
  let count: number
  try {
    count = await txOf(work).update(model.name, id, changes)
  } catch (error) {
    throw error instanceof ReferenceViolation
      ? await missingReference(work, model, row, asked, error)
      : refused(error, model, givenBy(given))
  }
  if (count === 0) throw notFound(model)
  note(work, model, 'update', before, row)
  return row
}

export async function dropRow(work: Work, model: ModelDef, row: Row): Promise<void> {
  let count: number
  try {
    count = await txOf(work).delete(model.name, row[idName(model)] as string)
  } catch (error) {
    throw refused(error, model, () => false)
  }
  if (count === 0) throw notFound(model)
  note(work, model, 'delete', row, undefined)
}

function note(work: Work, model: ModelDef, op: ChangeEntry['op'], before: Row | undefined, after: Row | undefined): void {
  const { core, principal, frame } = work
  frame.root.writes++
  if (!core.append) return
  frame.root.entries.push({
    model: model.name,
    id: (after ?? before)![idName(model)] as string,
    op,
    actor: principal.kind === 'user' ? principal.id : null,
    at: core.now().toISOString(),
    ...(before && { before }),
    ...(after && { after }),
  })
}

/**
 * The references that a caller gave must name rows that the caller may read. Unknown and unreadable ones get the same answer.
 * The system may name any row, and hears of a missing one from the store.
 */
export async function checkReferences(work: Work, row: Row, fields: readonly FieldDef[]): Promise<void> {
  const { core, principal } = work
  if (principal.kind === 'system') return
  const errors = []
  for (const field of fields) {
    const value = row[field.name]
    if (field.kind.name !== 'ref' || typeof value !== 'string' || isOwnValue(field, value, principal, core.registry.user)) continue
    const target = core.registry.models.get(field.target!)!
    const where = and([byId(target, value), ruleFor(core.policies, principal, target.name, 'read')])
    if (where.is === 'false' || (await txOf(work).count(target.name, where)) === 0) errors.push(noSuchRow(field.name))
  }
  if (errors.length > 0) throw invalidValues(errors)
}

/** Which reference it was that points at nothing: the store does not say. */
async function missingReference(
  work: Work,
  model: ModelDef,
  row: Row,
  asked: Row | undefined,
  violation: ReferenceViolation,
): Promise<unknown> {
  const errors = []
  let byHook: FieldDef | undefined
  for (const field of model.columns) {
    const value = row[field.name]
    if (field.kind.name !== 'ref' || typeof value !== 'string') continue
    const target = work.core.registry.models.get(field.target!)!
    if ((await txOf(work).count(target.name, byId(target, value))) > 0) continue
    if (asked && asked[field.name] !== value) byHook = field
    else errors.push(noSuchRow(field.name))
  }
  if (errors.length > 0) return invalidValues(errors)
  return byHook ? lostByHook(model, byHook) : refused(violation, model, () => false)
}

const lostByHook = ({ name, hooks }: ModelDef, field: FieldDef): OffstageError =>
  new OffstageError('invalid_call', {
    detail: `A hook of ${name} set '${field.name}' to the id of a row of ${field.target} that is not there.`,
    place: String([...hooks.creating, ...hooks.updating][0]?.place ?? ''),
  })
