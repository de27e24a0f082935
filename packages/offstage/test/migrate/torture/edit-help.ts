// What edits are made of: which model or field, by which name, and how rows that have no value get one.

import type { Json } from '../../../src/schema/kind.ts'
import { blueprintOf, type ColumnDef } from '../../../src/store/blueprint.ts'
import type { Dice } from '../../random/dice.ts'
import { columnOf, registryOf, tableOf, type FieldKind, type FieldSpec, type ModelSpec } from './models.ts'
import { randomValue } from './values.ts'
import { fieldsThat, givenTo, type Draft } from './world.ts'

/** Says what it did; undefined where it found no place. One that the rows do not allow is noticed by its caller, and not made. */
export type Edit = (dice: Dice, draft: Draft) => string | undefined

export const modelNames = ['posts', 'people', 'order', 'invoiceLines', 'aModelWithQuiteALongNameForATable', 'groups', 'items', 'keys']
export const fieldNames = [
  'title',
  'body',
  'rank',
  'from',
  'price',
  'camelCase',
  'state',
  'aFieldWithQuiteALongNameForOneColumn',
  'note',
  'at',
  'ok',
  'x1',
  'values',
  'by',
]
export const choiceNames = ['draft', 'live', 'it\'s "gone"', 'v1.5', 'Ünpublished', 'done', 'DRAFT']
export const kinds: readonly FieldKind[] = [
  'text',
  'text',
  'text',
  'email',
  'url',
  'integer',
  'number',
  'decimal',
  'boolean',
  'datetime',
  'date',
  'enum',
  'json',
  'ref',
]

let counter = 0
export const nextNumber = (): number => ++counter

export const someModel = (dice: Dice, draft: Draft, fits: (model: ModelSpec) => boolean = () => true): ModelSpec | undefined => {
  const found = draft.models.filter((model) => model.was !== undefined && !draft.touched.has(model) && fits(model))
  return found.length === 0 ? undefined : dice.pick(found)
}

export function someField(dice: Dice, draft: Draft, fits: (field: FieldSpec) => boolean = () => true): [ModelSpec, FieldSpec] | undefined {
  const found = draft.models.flatMap((model) =>
    draft.touched.has(model) ? [] : fieldsThat(model, draft, fits).map((field): [ModelSpec, FieldSpec] => [model, field]),
  )
  return found.length === 0 ? undefined : dice.pick(found)
}

export const path = (model: ModelSpec, field: FieldSpec): string => `${tableOf(model)}.${columnOf(field)}`
export const oldPath = (model: ModelSpec, field: FieldSpec): string => `${model.was}.${field.was}`
export const isTexty = ({ kind }: FieldSpec): boolean => ['text', 'email', 'url'].includes(kind)
const isShort = ({ kind, length }: FieldSpec): boolean => kind !== 'text' || (length ?? 65_536) <= 768
export const isIndexable = (field: FieldSpec): boolean => field.kind !== 'json' && field.kind !== 'url' && isShort(field)

/** As the tables will have it. */
export function columnDef(draft: Draft, model: ModelSpec, field: FieldSpec): ColumnDef {
  const table = blueprintOf(registryOf(draft.models)).tables.find(({ name }) => name === tableOf(model))!
  return table.columns.find(({ name }) => name === columnOf(field))!
}

export function freshName(dice: Dice, names: readonly string[], free: (name: string) => boolean): string | undefined {
  const left = names.flatMap((name) => [name, `${name}2`]).filter(free)
  return left.length === 0 ? undefined : dice.pick(left)
}

/** Something that a field can be, without what it says about rows. */
export function shape(dice: Dice, draft: Draft, kind: FieldKind): Partial<FieldSpec> & { kind: FieldKind } {
  switch (kind) {
    case 'text':
      return { kind, ...(dice.chance(0.7) && { length: dice.pick([40, 255, 300, 768, 2_000]) }) }
    case 'integer':
    case 'number':
      return { kind, ...limits(dice, (n) => n) }
    case 'decimal': {
      const digits = dice.pick([
        [10, 2],
        [12, 4],
        [18, 0],
        [18, 18],
        [5, 1],
      ] as const)
      return {
        kind,
        digits,
        ...(digits[1] < digits[0] - 2 && limits(dice, (n) => (digits[1] === 0 ? `${n}` : `${n}.${'0'.repeat(digits[1])}`))),
      }
    }
    case 'enum':
      return { kind, choices: [...new Set([dice.pick(choiceNames), ...dice.some(choiceNames, 4)])] }
    case 'ref':
      return { kind, target: dice.pick(draft.models).name }
    default:
      return { kind }
  }
}

export const limits = <T>(dice: Dice, as: (n: number) => T): { min?: T; max?: T } => ({
  ...(dice.chance(0.3) && { min: as(dice.pick([-20, 0])) }),
  ...(dice.chance(0.3) && { max: as(dice.pick([20, 90])) }),
})

/** A value for the field; of references, a key that is there. Undefined: there is none. */
function valueFor(dice: Dice, draft: Draft, field: FieldSpec, column: ColumnDef): Json | undefined {
  if (field.kind !== 'ref') return randomValue(dice, field.kind, column, nextNumber())
  const keys = Object.keys(draft.world.rows[column.references!.table] ?? {})
  return keys.length === 0 ? undefined : dice.pick(keys)
}

/** How rows that have no value get one, now that the field is required: said in the models or by flags. Null rows only, unless new. */
export function provide(dice: Dice, draft: Draft, model: ModelSpec, field: FieldSpec, isNew: boolean): boolean {
  const column = columnDef(draft, model, field)
  const value = valueFor(dice, draft, field, column)
  if (value === undefined && draft.rowsOf(model).length > 0) return false
  const given = value ?? (column.type === 'serial' ? '1' : 'x')
  const roll = dice.next()
  const name = columnOf(field)
  const isMissing = (at: Json | undefined): boolean => isNew || at === null || at === undefined
  const set = (next: (key: string) => Json): void =>
    draft.setColumn(model, name, (row) => (isMissing(row[name]) ? next(String(row['id'])) : row[name]!))
  if (field.default !== undefined || (roll < 0.35 && field.kind !== 'ref' && value !== undefined && field.kind !== 'json')) {
    field.default ??= given
    set(() => field.default!)
  } else if (roll < 0.7) {
    draft.fills[path(model, field)] = given
    set(() => given)
  } else {
    const values = [given, ...dice.times(1, 3, () => valueFor(dice, draft, field, column) ?? given)]
    draft.data[path(model, field)] = values
    set((key) => givenTo(key, values))
  }
  return true
}
