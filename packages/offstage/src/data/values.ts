// The values of a write, read by the fields' kinds into wire form. Unknown keys are refused, never ignored.

import type { FieldError } from '../base/errors.ts'
import { decimal } from '../base/decimal.ts'
import { nameOfType } from '../base/json.ts'
import { isPlain } from '../base/realms.ts'
import { readableFor, throughRelation, writableFor } from '../query/policies.ts'
import type { Principal } from '../query/principal.ts'
import type { Policies } from '../query/rules.ts'
import { noValue, ValueError, type Json, type Row } from '../schema/kind.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import type { Work } from './core.ts'
import { formError, valuesError, type Author } from './mistakes.ts'
import { invalidValues, keptByUs, notWritable, unknownFields, unknownName } from './refusals.ts'

/** A column's new value: plain, or to be worked out from the old one. */
export interface Wanted {
  readonly field: FieldDef
  readonly value: Json
  readonly step?: 'increment' | 'append'
}

/** What is to be done with the rows of a list. */
export interface WantedList {
  readonly field: FieldDef
  readonly create: readonly unknown[]
  readonly connect: readonly string[]
  readonly disconnect: readonly string[]
}

export interface Given {
  readonly columns: readonly Wanted[]
  readonly lists: readonly WantedList[]
}

/** Rows to make, tie and untie in one list of one write. */
export const maxNested = 1_000

/** Who writes, and who wrote what is to be written. */
export interface Writer {
  readonly policies: Policies
  readonly principal: Principal
  readonly author: Author
}

export const writerIn = ({ core, principal, author }: Pick<Work, 'core' | 'principal' | 'author'>): Writer => ({
  policies: core.policies,
  principal,
  author,
})

/** What no value is, but a call that was written wrong. */
class FormError extends ValueError {}

/** Refuses what this writer can never write, whatever the rows are. `free` fields are the writer's to give all the same. */
export function readGiven(writer: Writer, model: ModelDef, values: unknown, op: 'create' | 'update', free?: ReadonlySet<string>): Given {
  if (!isPlain(values))
    throw valuesError(
      writer.author,
      invalidValues([{ path: '', code: 'wrong_type', message: `Expected an object of values, found ${nameOfType(values)}.` }]),
      true,
    )
  const columns: Wanted[] = []
  const lists: WantedList[] = []
  const unknown: FieldError[] = []
  const closed: string[] = []
  const errors: FieldError[] = []
  let form = false
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name)
    const standing = field ? (free?.has(name) ? 'open' : standingOf(writer, field, op)) : 'unknown'
    if (!field || standing === 'unknown') unknown.push(unknownName(name))
    else if (standing === 'kept') unknown.push(keptByUs(name))
    else if (standing === 'closed') closed.push(name)
    else {
      try {
        if (field.kind.name === 'many') lists.push(readList(field, value, op))
        else columns.push(op === 'update' ? readChange(field, value) : { field, value: readColumn(field, value) })
      } catch (error) {
        if (!(error instanceof ValueError)) throw error
        errors.push({ path: name, code: error.code, message: error.message })
        form ||= error instanceof FormError
      }
    }
  }
  if (unknown.length > 0) throw formError(writer.author, writer.policies.registry, unknownFields(model, unknown))
  if (closed.length > 0) throw notWritable(model, closed)
  if (errors.length > 0) throw valuesError(writer.author, invalidValues(errors), form)
  return { columns, lists }
}

/** On an update the values of closed and kept fields are compared first: equal to what is stored, they are not written. */
function standingOf(
  { policies, principal }: Omit<Writer, 'author'>,
  field: FieldDef,
  op: 'create' | 'update',
): 'open' | 'closed' | 'kept' | 'unknown' {
  if (principal.kind === 'system') return 'open'
  if (field.kind.name === 'many') {
    const { guard, between } = throughRelation(policies, principal, field)
    return guard.is === 'false' || between.is === 'false' ? 'unknown' : 'open'
  }
  if (field.own) return op === 'update' || isGivenId(field) ? 'open' : 'kept'
  // What nobody sees, such as a password of an older system, nobody should be able to plant either, unless a rule says who may.
  if (field.hidden && field.writable === undefined) return 'unknown'
  if (writableFor(policies, principal, field).is !== 'false') return 'open'
  if (readableFor(policies, principal, field).is === 'false') return 'unknown'
  return op === 'update' ? 'open' : 'closed'
}

/** Whether the writer may name the field in a new row. */
export const mayGive = (writer: Omit<Writer, 'author'>, field: FieldDef): boolean => standingOf(writer, field, 'create') === 'open'

/** Ids of adopted tables whose rows are named by the app. */
export const isGivenId = (field: FieldDef): boolean => field.kind.name === 'id' && field.options['form'] === 'key'

export function readColumn(field: FieldDef, value: unknown): Json {
  if (value === undefined) throw new FormError('undefined', 'Is undefined; leave the key out.')
  if (value !== null) return field.kind.read(value, field.options)
  if (field.optional) return null
  throw new ValueError(noValue.code, noValue.message)
}

function readChange(field: FieldDef, value: unknown): Wanted {
  const step = stepOf(field, value)
  if (!step) return { field, value: readColumn(field, value) }
  const [word, by] = step
  if (word === 'append') return { field, value: field.kind.read(by, {}), step: 'append' }
  const amount = field.kind.readOperand(by, field.options) as number | string
  if (word === 'increment') return { field, value: amount, step: 'increment' }
  return { field, value: typeof amount === 'number' ? -amount : decimal.sub('0', amount), step: 'increment' }
}

/** Only numbers and lists in JSON have steps; everywhere else an object is refused by the kind, or is the value. */
function stepOf(field: FieldDef, value: unknown): readonly ['increment' | 'decrement' | 'append', unknown] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const keys = Object.keys(value)
  const [key] = keys
  if (keys.length !== 1 || !Object.hasOwn(value, key!)) return undefined
  const inner = (value as Record<string, unknown>)[key!]
  const { name } = field.kind
  if (name === 'json') return key === 'append' && Array.isArray(inner) ? ['append', inner] : undefined
  if (name !== 'integer' && name !== 'number' && name !== 'decimal') return undefined
  return !field.own && (key === 'increment' || key === 'decrement') ? [key, inner] : undefined
}

/** The value that the column becomes. The row is locked, so working it out here loses nothing. Throws ValueError. */
export function nextValue({ field, value, step }: Wanted, before: Json): Json {
  if (step === undefined) return value
  if (step === 'append') {
    if (before !== null && !Array.isArray(before)) throw new ValueError('no_list', 'The stored value is no list to append to.')
    return field.kind.read([...(before ?? []), ...(value as readonly Json[])], field.options)
  }
  if (before === null) throw new ValueError('no_value', 'There is no stored value to count from.')
  const next = field.kind.name === 'decimal' ? decimal.add(before as string, value as string) : (before as number) + (value as number)
  return field.kind.read(next, field.options)
}

const listWords: Readonly<Record<'create' | 'update', readonly string[]>> = {
  create: ['create', 'connect'],
  update: ['create', 'connect', 'disconnect'],
}

function readList(field: FieldDef, value: unknown, op: 'create' | 'update'): WantedList {
  const words = listWords[op]
  const expected = `Expected an object with ${words.join(', ')}, each a list.`
  if (!isPlain(value)) throw new FormError('wrong_type', expected)
  const given = new Map(Object.entries(value))
  for (const [word, items] of given) {
    if (!words.includes(word) || !Array.isArray(items)) throw new FormError('wrong_type', expected)
    if (items.length > maxNested) throw new ValueError('too_long', `At most ${maxNested} rows at once.`)
  }
  const ids = (word: string): string[] =>
    Array.from((given.get(word) ?? []) as unknown[], (id, i) => {
      if (typeof id !== 'string' || id === '' || id.length > 255)
        throw new ValueError('wrong_type', `${word}.${i} must be the id of a row.`)
      return id
    })
  return { field, create: (given.get('create') ?? []) as unknown[], connect: ids('connect'), disconnect: ids('disconnect') }
}

/** Deeply, for values in wire form. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  // Key order is part of what was stored and shown, so it is part of being the same.
  return JSON.stringify(a) === JSON.stringify(b)
}

/**
 * A column that the writer left out: undefined when nothing fills it yet (slugs are made of the row as it is written). Throws ValueError for a
 * default that does not fit.
 */
export function defaultValue(field: FieldDef, principal: Principal): Json | undefined {
  const given = field.default
  if (given && 'value' in given) return given.value
  if (given && 'make' in given) return readColumn(field, given.make() ?? null)
  if (given && 'me' in given && principal.kind === 'user') {
    const own = given.me.length === 0 ? principal.id : principal.row[given.me[0]!]
    if (own !== undefined && own !== null) return own
  }
  return field.optional && !(given && 'slug' in given) ? null : undefined
}

/** Whether the value is one that Offstage itself would fill in for this writer: about it nothing has to be proven. */
export function isOwnValue(field: FieldDef, value: Json, principal: Principal, user: ModelDef | undefined): boolean {
  if (principal.kind !== 'user') return false
  if (field.target === user?.name && value === principal.id) return true
  return field.default !== undefined && 'me' in field.default && defaultValue(field, principal) === value
}

export function pickRow(model: ModelDef, found: Row): Row {
  const row: Row = {}
  for (const { name } of model.columns) row[name] = found[name]!
  return row
}
