// What can go wrong while an operation runs, or because it has: said before it does, with what to do instead.

import type { Blueprint, ColumnDef } from '../store/blueprint.ts'
import { conversion, isTextual } from '../store/conversions.ts'
import type { DialectName, Operation } from '../store/operations.ts'
import { same } from './canonical.ts'
import { says } from './says.ts'

export type RiskClass =
  | 'safe'
  /** Writes to the table wait while it runs. */
  | 'locks'
  /** Every row is written anew: long, and with twice the place. */
  | 'rewrites'
  /** Nodes that still run the version before will fail on it. */
  | 'incompatible-with-running-code'
  /** Needs a consent. */
  | 'data-loss'

export interface Risk {
  readonly operation: string
  readonly class: RiskClass
  /** Absent: on every database. */
  readonly dialects?: readonly DialectName[]
  readonly why: string
  readonly instead?: string
}

type Found = Omit<Risk, 'operation'>

/** The risks of operations that start from `before`; those of tables that they make themselves are none. One without risks is `safe`. */
export const risksOf = (before: Blueprint, operations: readonly Operation[]): readonly Risk[] => risksOfEach(before, operations).flat()

/** The same, in a list for each operation. */
export function risksOfEach(before: Blueprint, operations: readonly Operation[]): readonly (readonly Risk[])[] {
  // By the names that tables have before each operation; new ones are not among them.
  let old = new Set(before.tables.map(({ name }) => name))
  return operations.map((operation) => {
    const found = risk(operation, (table) => old.has(table))
    if (operation.op === 'renameTable' && old.has(operation.from)) old = new Set([...old, operation.to])
    if (operation.op === 'dropTable') old = new Set([...old].filter((name) => name !== operation.table.name))
    return found
  })
}

const tableOf = (operation: Operation): string | undefined => {
  if (!('table' in operation)) return operation.op === 'renameTable' ? operation.from : undefined
  return typeof operation.table === 'string' ? operation.table : operation.table.name
}

/** `isOld` tells whether a table can have rows, and nodes that use it. */
function risk(operation: Operation, isOld: (table: string) => boolean = () => true): readonly Risk[] {
  const table = tableOf(operation)
  const found = operation.op === 'createTable' || (table !== undefined && !isOld(table)) ? [] : risksOfOperation(operation)
  const given = found.length > 0 ? found : [{ class: 'safe', why: safe(operation) } as const]
  return given.map((one) => ({ operation: says(operation), ...one }))
}

const safe = ({ op }: Operation): string =>
  op === 'data' || op === 'fillShadow'
    ? 'Rows are changed in small batches.'
    : 'Nothing waits for it, and nodes of the version before go on.'

const expand = 'Do it in two releases: add the new beside the old and write both, fill it, and drop the old when no node uses it.'
const keep = 'With --keep it is only renamed, and dropped for good later.'
const together = 'Stop the nodes of the version before first, or do it in two releases.'

function risksOfOperation(operation: Operation): readonly Found[] {
  switch (operation.op) {
    case 'dropTable':
      return [
        { class: 'data-loss', why: `All rows of ${operation.table.name} are gone.`, instead: keep },
        incompatible(
          `Nodes of the version before still use ${operation.table.name}.`,
          'Drop it one release after the code stopped using it.',
        ),
      ]
    case 'dropColumn': {
      const path = `${operation.table}.${operation.column.name}`
      const running = incompatible(`Nodes of the version before still use ${path}.`, 'Drop it one release after the code stopped using it.')
      // A copy is worked out from what stays.
      return operation.column.shadow ? [running] : [{ class: 'data-loss', why: `All values of ${path} are gone.`, instead: keep }, running]
    }
    case 'renameTable':
      return [incompatible(`Nodes of the version before still use the name ${operation.from}.`, expand)]
    case 'renameColumn':
      return [incompatible(`Nodes of the version before still use the name ${operation.table}.${operation.from}.`, expand)]
    case 'renameChoice':
      return [
        incompatible(`Nodes of the version before do not know the choice '${operation.to}'.`, together),
        { class: 'locks', dialects: ['sqlite'], why: 'SQLite has one writer, who waits until the rows that have the choice are changed.' },
      ]
    case 'addColumn':
      return added(operation.column, operation.table)
    case 'alterColumn':
      return altered(operation.from, operation.to, `${operation.table}.${operation.to.name}`)
    case 'addIndex':
      return [
        { class: 'locks', dialects: ['sqlite'], why: 'SQLite has one writer, who waits until the index is made.' },
        ...(operation.index.search ? [fulltext] : []),
      ]
    case 'sql':
      return [{ class: 'locks', why: 'What own statements do is not known.', instead: 'See what they lock in the manual of the database.' }]
    default:
      return []
  }
}

const fulltext: Found = {
  class: 'locks',
  dialects: ['mysql', 'mariadb'],
  why: 'Nobody can write to the table while its index for words is made.',
}

const incompatible = (why: string, instead: string): Found => ({ class: 'incompatible-with-running-code', why, instead })

function added(column: ColumnDef, table: string): readonly Found[] {
  const path = `${table}.${column.name}`
  const found: Found[] = []
  if (!column.nullable && column.default === undefined)
    found.push(
      incompatible(
        `Nodes of the version before insert rows without ${path}.`,
        `Give it a .default(value), or make it .optional() for one release.`,
      ),
    )
  if (column.references || column.choices || column.min !== undefined || column.max !== undefined) found.push(checkLocks(path))
  return found
}

const checkLocks = (path: string): Found => ({
  class: 'locks',
  dialects: ['mysql', 'mariadb', 'sqlite'],
  why: `Writes wait while all rows are checked against the limits of ${path}.`,
})

function altered(from: ColumnDef, to: ColumnDef, path: string): readonly Found[] {
  const found: Found[] = []
  if (from.type !== to.type) {
    const texts = isTextual(from.type) && isTextual(to.type)
    found.push({
      class: 'rewrites',
      ...(texts && { dialects: ['mysql', 'mariadb'] }),
      why: `Every row is written anew with ${path} as ${to.type}.`,
      instead: 'Add a new column, fill it in a data step, and drop the old one in a later release.',
    })
    if (conversion(from.type, to.type) === 'checked' || !texts)
      found.push(incompatible(`Nodes of the version before still write ${path} as ${from.type}.`, together))
  }
  const narrower = narrowed(from, to)
  if (narrower) found.push(incompatible(`Nodes of the version before may still write ${narrower} into ${path}.`, together))
  const isChecked =
    (from.nullable && !to.nullable) ||
    (to.references !== undefined && !same(from.references, to.references)) ||
    (to.min !== undefined && to.min !== from.min) ||
    (to.max !== undefined && to.max !== from.max) ||
    (to.choices !== undefined && !same(from.choices, to.choices))
  if (from.type === to.type && isChecked) found.push(checkLocks(path))
  return found
}

/** What the new column refuses that the old one takes, in words. */
function narrowed(from: ColumnDef, to: ColumnDef): string | undefined {
  if (from.nullable && !to.nullable) return 'nothing'
  const gone = from.choices?.filter((choice) => to.choices && !to.choices.includes(choice)) ?? []
  if (gone.length > 0) return `'${gone[0]}'`
  if (!from.choices && to.choices) return 'other texts'
  const tighter = (old: number | string | undefined, limit: number | string | undefined, sign: 1 | -1): boolean =>
    limit !== undefined && (old === undefined || sign * Number(limit) < sign * Number(old))
  return tighter(from.max, to.max, 1) || tighter(from.min, to.min, -1) ? 'values past the new limits' : undefined
}

/** What needs a consent before it may run. */
export const losses = (risks: readonly Risk[]): readonly Risk[] => risks.filter((one) => one.class === 'data-loss')
