// The order of every write, whoever asks for it: locked row, hooks, the write itself, rows nested in it, rules on what it has become,
// hooks again. Each of these runs in a frame of its own, so a failure leaves nothing behind.

import { OffstageError, type FieldError } from '../base/errors.ts'
import { always } from '../query/build.ts'
import { ruleFor, writableFor } from '../query/policies.ts'
import type { Filter } from '../query/tree.ts'
import { noValue, ValueError, type Json, type Row } from '../schema/kind.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { idName, rawQuery, txOf, type Work } from './core.ts'
import { askHooks, runHooks } from './hooks.ts'
import { formError, valuesError } from './mistakes.ts'
import { writeLists } from './nested.ts'
import { invalidValues, keptByUs, notWritable, ruleFails, unknownFields } from './refusals.ts'
import { changeRow, checkReferences, insertRow, readableTest, writableTest, type Locked } from './rows.ts'
import { holds, latest } from './show.ts'
import { Slugs } from './slugs.ts'
import { stamp } from './stamp.ts'
import { defaultValue, isGivenId, nextValue, sameValue, type Given } from './values.ts'

/** A row as it was left; in memory as in the database while nothing is written after `mark`. */
export interface Written {
  readonly row: Row
  readonly mark: number
}

export interface Creation {
  /** References to rows that are being written with this one, and need no proof that the caller may read them. */
  readonly proven?: readonly string[]
  /** In place of the `create` rule. */
  readonly rule?: Filter
  /** In place of the `writable` rules. */
  readonly writable?: (field: FieldDef) => Filter
}

export interface RowWrites {
  create(work: Work, model: ModelDef, given: Given, how?: Creation): Promise<Written>
  update(work: Work, model: ModelDef, found: Locked, given: Given, proven?: readonly string[]): Promise<Written>
  remove(work: Work, model: ModelDef, row: Row): Promise<void>
}

export async function createRow(work: Work, model: ModelDef, given: Given, how: Creation = {}): Promise<Written> {
  const { core, principal, frame } = work
  const slugs = new Slugs(work, model)
  const asked = await slugs.fill(await newRow(work, model, given))
  let row = asked
  if (model.hooks.creating.length > 0) {
    row = await slugs.fill(await askHooks(work, model, 'creating', row))
    requireAll(work, model, row)
  }
  const { proven = [] } = how
  await checkReferences(
    work,
    row,
    given.columns.filter(({ field, value }) => value === row[field.name] && !proven.includes(field.name)).map(({ field }) => field),
  )
  row = await slugs.write(row, (now) => insertRow(work, model, now, given, asked))
  const mark = frame.root.writes
  if (given.lists.length > 0) await writeLists(work, model, row, given.lists)
  row = await still(work, model, row, mark)
  if (!(await holds(work, model, row, how.rule ?? ruleFor(core.policies, principal, model.name, 'create'))))
    throw ruleFails(model, 'create')
  await stayWritable(
    work,
    model,
    row,
    given.columns.map(({ field }) => field),
    how.writable,
  )
  if (model.hooks.created.length === 0) return { row, mark: frame.root.writes }
  await runHooks(work, model, 'created', row)
  return { row, mark }
}

export async function updateRow(
  work: Work,
  model: ModelDef,
  found: Locked,
  given: Given,
  proven: readonly string[] = [],
): Promise<Written> {
  const { core, principal, frame } = work
  const before = found.row
  const asked = changesOf(work, model, found, given)
  const touched = Object.keys(asked).map((name) => model.fields.get(name)!)
  if (touched.length === 0 && given.lists.length === 0) return { row: before, mark: frame.root.writes }
  let row: Row = { ...before, ...asked }
  if (touched.length > 0) {
    let changes = asked
    if (model.hooks.updating.length > 0) {
      row = await askHooks(work, model, 'updating', row, before)
      changes = differences(model, before, row, asked)
    }
    const slugs = new Slugs(work, model, before)
    row = await slugs.fill(row)
    await checkReferences(
      work,
      row,
      touched.filter(({ name }) => row[name] === asked[name] && !proven.includes(name)),
    )
    row = await slugs.write(row, () =>
      changeRow(work, model, before, { ...changes, ...slugs.values, ...stamp(work, model, before) }, given, { ...before, ...asked }),
    )
  }
  const mark = frame.root.writes
  if (given.lists.length > 0) await writeLists(work, model, row, given.lists)
  row = await still(work, model, row, mark)
  if (!(await holds(work, model, row, ruleFor(core.policies, principal, model.name, 'updateTo')))) throw ruleFails(model, 'updateTo')
  await stayWritable(work, model, row, touched)
  if (touched.length === 0 || model.hooks.updated.length === 0) return { row, mark: frame.root.writes }
  await runHooks(work, model, 'updated', row, before)
  return { row, mark }
}

async function newRow(work: Work, model: ModelDef, given: Given): Promise<Row> {
  const row: Row = {}
  const errors: FieldError[] = []
  const at = work.core.now().toISOString()
  for (const field of model.columns) {
    const { name } = field
    const wanted = given.columns.find((column) => column.field === field)
    if (wanted) row[name] = wanted.value
    else if (field.own) {
      const own = await ownValue(work, model, field, at)
      if (own === undefined) errors.push(required(name))
      else row[name] = own
    } else {
      try {
        const value = defaultValue(field, work.principal)
        if (value !== undefined) row[name] = value
      } catch (error) {
        if (!(error instanceof ValueError)) throw error
        throw new OffstageError('invalid_call', {
          detail: `The default of ${model.name}.${name} does not fit: ${error.message}`,
          place: field.place,
        })
      }
    }
  }
  if (errors.length > 0) throw valuesError(work.author, invalidValues(errors))
  if (model.hooks.creating.length === 0) requireAll(work, model, row)
  return row
}

const required = (path: string): FieldError => ({ path, ...noValue })

function requireAll({ author }: Work, model: ModelDef, row: Row): void {
  // A slug is missing only where the text that it is made of is.
  const missing = model.columns.filter((field) => row[field.name] === undefined && !(field.default && 'slug' in field.default))
  const errors = missing.map(({ name }) => required(name))
  if (errors.length > 0) throw valuesError(author, invalidValues(errors))
}

async function ownValue(work: Work, model: ModelDef, field: FieldDef, at: string): Promise<Json | undefined> {
  if (field.name === 'version') return 1
  if (field.name !== idName(model)) return at
  if (isGivenId(field)) return undefined
  return field.options['form'] === 'serial' ? nextSerial(work, model) : work.core.newId()
}

/** Serializable transactions keep two from taking the same number. */
async function nextSerial(work: Work, model: ModelDef): Promise<string> {
  const query = rawQuery(model, always, 1)
  const { rows } = await txOf(work).list({ ...query, sort: query.sort.map((sort) => ({ ...sort, desc: true })) })
  return String(Number(rows[0]?.[idName(model)] ?? 0) + 1)
}

/** What the write changes. For a caller, a value equal to the stored one that the caller can read is not a write. */
function changesOf(work: Work, model: ModelDef, found: Locked, given: Given): Row {
  const { core, principal } = work
  const changes: Row = {}
  const errors: FieldError[] = []
  const kept: FieldError[] = []
  const closed: string[] = []
  for (const wanted of given.columns) {
    const { name, own } = wanted.field
    const before = found.row[name]!
    const barred =
      principal.kind !== 'system' &&
      !own &&
      (writableFor(core.policies, principal, wanted.field).is === 'false' || !found.passes(writableTest(name)))
    // Whether a step would leave the limits already tells of the value.
    if (barred && wanted.step) {
      closed.push(name)
      continue
    }
    if (wanted.step && !canRead(work, found, wanted.field)) {
      errors.push({
        path: name,
        code: 'unreadable',
        message: 'Only a value that may be read can be counted from or added to; write it whole.',
      })
      continue
    }
    let value: Json
    try {
      value = nextValue(wanted, before)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      errors.push({ path: name, code: error.code, message: error.message })
      continue
    }
    const same = sameValue(value, before)
    if (own) {
      if (!same) kept.push(keptByUs(name))
      continue
    }
    if (principal.kind === 'system') {
      if (!same) changes[name] = value
      continue
    }
    // An unreadable value must not be found out by whether writing it makes a difference.
    if (same && canRead(work, found, wanted.field)) continue
    if (barred) closed.push(name)
    else changes[name] = value
  }
  if (kept.length > 0) throw formError(work.author, core.registry, unknownFields(model, kept))
  if (closed.length > 0) throw notWritable(model, closed)
  if (errors.length > 0) throw invalidValues(errors)
  return changes
}

const canRead = ({ principal }: Work, found: Locked, field: FieldDef): boolean =>
  principal.kind === 'system' || (!field.hidden && found.passes(readableTest(field.name)))

/** After hooks: their columns that differ, beside what the writer changes (even where that is equal). */
function differences(model: ModelDef, before: Row, after: Row, changes: Row): Row {
  const all: Row = {}
  for (const { name } of model.columns) if (Object.hasOwn(changes, name) || !sameValue(after[name], before[name])) all[name] = after[name]!
  return all
}

/** The row after its nested ones and their hooks. */
async function still(work: Work, model: ModelDef, row: Row, mark: number): Promise<Row> {
  const now = await latest(work, model, row, mark)
  if (now) return now
  throw new OffstageError('invalid_call', { detail: `A hook deleted the row of ${model.name} that was being written.`, place: model.place })
}

async function stayWritable(
  work: Work,
  model: ModelDef,
  row: Row,
  fields: readonly FieldDef[],
  writable?: Creation['writable'],
): Promise<void> {
  const { core, principal } = work
  const closed: string[] = []
  for (const field of fields) {
    const rule = writable ? writable(field) : writableFor(core.policies, principal, field)
    if (rule.is !== 'true' && !(await holds(work, model, row, rule))) closed.push(field.name)
  }
  if (closed.length > 0) throw notWritable(model, closed)
}
