// Where the tables of a database differ from those that its migrations made: somebody changed them by hand, or a copy was put back.

import type { IndexDef } from '../store/blueprint.ts'
import type { PhysicalColumn, PhysicalTable } from '../store/operations.ts'
import { isOwnTable } from './own-tables.ts'

export interface Difference {
  readonly table: string
  readonly kind: 'missing' | 'extra' | 'different'
  /** One sentence, without its full stop. */
  readonly says: string
  /** The app works as well with it: a table of somebody else's, an index that helps another program. */
  readonly harmless: boolean
  /** A column more, which none of our statements has to know: they go on as if it were not there. */
  readonly additive?: true
}

/** What stands in the way of nobody who reads and writes rows: development goes on with it. */
export const isTolerable = ({ harmless, additive }: Difference): boolean => harmless || additive === true

export function driftOf(expected: readonly PhysicalTable[], actual: readonly PhysicalTable[]): readonly Difference[] {
  const present = new Map(spelt(actual, expected).flatMap((table) => (isOwnTable(table.name) ? [] : [[table.name, table] as const])))
  const found: Difference[] = []
  for (const table of expected.filter(({ name }) => !isOwnTable(name))) {
    const there = present.get(table.name)
    present.delete(table.name)
    if (there) found.push(...tableDrift(table, there))
    else found.push({ table: table.name, kind: 'missing', says: `the table ${table.name} is missing`, harmless: false })
  }
  for (const name of present.keys())
    found.push({ table: name, kind: 'extra', says: `the table ${name} is there, and no migration made it`, harmless: true })
  return found
}

/** A MySQL with `lower_case_table_names=1` keeps names of tables in small letters, and takes them in any. */
export function spelt(actual: readonly PhysicalTable[], expected: readonly PhysicalTable[]): readonly PhysicalTable[] {
  const exact = new Set(actual.map(({ name }) => name))
  const wanted = new Map(expected.filter(({ name }) => !exact.has(name)).map(({ name }) => [name.toLowerCase(), name]))
  if (wanted.size === 0) return actual
  const nameOf = (name: string): string => wanted.get(name) ?? name
  return actual.map((table) => ({
    ...table,
    name: nameOf(table.name),
    references: table.references.map((one) => ({ ...one, table: nameOf(one.table) })),
  }))
}

function tableDrift(expected: PhysicalTable, actual: PhysicalTable): Difference[] {
  const { name: table } = expected
  const found: Difference[] = []
  const add = (kind: Difference['kind'], says: string, more: Partial<Pick<Difference, 'harmless' | 'additive'>> = {}): void =>
    void found.push({ table, kind, says, harmless: false, ...more })
  pair(expected.columns, actual.columns, (one) => one.name, {
    missing: ({ name }) => add('missing', `the column ${table}.${name} is missing`),
    extra: (column) =>
      add(
        'extra',
        `the column ${table}.${column.name} is there, and no migration made it`,
        column.nullable || column.default !== undefined ? { additive: true } : {},
      ),
    both: (wanted, there) => columnDrift(table, wanted, there).forEach((says) => add('different', says)),
  })
  if (expected.primaryKey.join() !== actual.primaryKey.join())
    add('different', `the key of ${table} is ${actual.primaryKey.join(', ') || 'none'}, expected ${expected.primaryKey.join(', ')}`)
  pair(expected.indexes, actual.indexes, (one) => one.name, {
    missing: (index) => add('missing', `the index ${index.name} of ${table} is missing`),
    extra: (index) =>
      add('extra', `the ${index.unique ? 'unique ' : ''}index ${index.name} of ${table} is there, and no migration made it`, {
        harmless: !index.unique,
      }),
    both: (wanted, there) => {
      if (describe(wanted) !== describe(there))
        add('different', `the index ${wanted.name} is ${describe(there)}, expected ${describe(wanted)}`)
    },
  })
  const reference = (one: PhysicalTable['references'][number]): string => `${one.column} to ${one.table}.${one.to}`
  pair(expected.references, actual.references, reference, {
    missing: (one) => add('missing', `the reference of ${table} from ${reference(one)} is missing`),
    extra: (one) => add('extra', `the reference of ${table} from ${reference(one)} is there, and no migration made it`),
    both: () => {},
  })
  pair(expected.checks, actual.checks, (name) => name, {
    missing: (name) => add('missing', `the check ${name} of ${table} is missing`),
    extra: (name) => add('extra', `the check ${name} of ${table} is there, and no migration made it`),
    both: () => {},
  })
  return found
}

const describe = ({ unique, columns, search }: IndexDef): string =>
  `${search ? 'for words ' : unique ? 'unique ' : ''}on ${columns.join(', ')}`

function columnDrift(table: string, expected: PhysicalColumn, actual: PhysicalColumn): string[] {
  const place = `${table}.${expected.name}`
  const found: string[] = []
  if (expected.type !== actual.type) found.push(`${place} is ${actual.type}, expected ${expected.type}`)
  if (expected.nullable !== actual.nullable)
    found.push(`${place} ${actual.nullable ? 'may be null' : 'must have a value'}, expected the contrary`)
  if (expected.default !== actual.default)
    found.push(`the default of ${place} is ${actual.default ?? 'none'}, expected ${expected.default ?? 'none'}`)
  if (expected.collation !== actual.collation)
    found.push(`the collation of ${place} is ${actual.collation ?? 'none'}, expected ${expected.collation ?? 'none'}`)
  return found
}

function pair<T>(
  expected: readonly T[],
  actual: readonly T[],
  key: (one: T) => string,
  tell: { missing: (one: T) => void; extra: (one: T) => void; both: (expected: T, actual: T) => void },
): void {
  const present = new Map(actual.map((one) => [key(one), one]))
  for (const one of expected) {
    const there = present.get(key(one))
    present.delete(key(one))
    if (there === undefined) tell.missing(one)
    else tell.both(one, there)
  }
  for (const one of present.values()) tell.extra(one)
}
