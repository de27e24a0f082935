// Which table and column of the new blueprint was which of the old one. What is found here becomes renames, and nothing else.

import { conversion } from '../store/conversions.ts'
import type { Blueprint, ColumnDef, ColumnType, TableDef } from '../store/blueprint.ts'
import type { Operation } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { named } from './canonical.ts'
import type { Hints, Problem } from './hints.ts'
import { isAside } from './kept.ts'

export interface Match {
  readonly renames: readonly Operation[]
  readonly problems: readonly Problem[]
}

const sameButCase = (a: string, b: string): boolean => a !== b && a.toLowerCase() === b.toLowerCase()

export function match(before: Blueprint, after: Blueprint, hints: Hints): Match {
  const problems: Problem[] = []
  const tables = renamedTables(before, after, hints)
  problems.push(...ambiguousTables(before, after, tables, hints))
  const renames: Operation[] = [...tables].map(([to, from]) => ({ op: 'renameTable', from, to }))
  for (const table of after.tables) {
    const oldName = tables.get(table.name) ?? table.name
    const old = named(before.tables, oldName)
    if (!old) continue
    const columns = renamedColumns(old, table, hints)
    problems.push(...ambiguousColumns(old, table, columns, hints))
    for (const [to, from] of columns) renames.push({ op: 'renameColumn', table: table.name, from, to })
  }
  const state = applyOperations(before, renames)
  return { renames: [...renames, ...renamedIndexes(state, after)], problems }
}

/** New names to old ones. A hint whose new name is there already has been carried out, and means nothing any more. */
function renamedTables(before: Blueprint, after: Blueprint, hints: Hints): Map<string, string> {
  const renamed = new Map<string, string>()
  for (const { name } of after.tables) {
    if (named(before.tables, name)) continue
    const old =
      before.tables.find((one) => sameButCase(one.name, name)) ??
      before.tables.find((one) => one.name === hints.tables?.[name] && !before.tables.some((other) => sameButCase(other.name, name)))
    if (old && !named(after.tables, old.name) && ![...renamed.values()].includes(old.name)) renamed.set(name, old.name)
  }
  return renamed
}

function renamedColumns(old: TableDef, table: TableDef, hints: Hints): Map<string, string> {
  const renamed = new Map<string, string>()
  const free = (from: ColumnDef): boolean => !named(table.columns, from.name) && ![...renamed.values()].includes(from.name)
  const [oldKey, key] = [old.columns[0]!, table.columns[0]!]
  if (oldKey.name !== key.name && free(oldKey) && !named(old.columns, key.name)) renamed.set(key.name, oldKey.name)
  for (const column of table.columns) {
    if (column.shadow || renamed.has(column.name) || named(old.columns, column.name)) continue
    const hint = hints.columns?.[`${table.name}.${column.name}`]
    const from =
      old.columns.find((one) => sameButCase(one.name, column.name) && !one.shadow) ??
      old.columns.find((one) => one.name === hint && !one.shadow)
    if (from && free(from)) renamed.set(column.name, from.name)
  }
  // A copy of a column has a name of that column's.
  for (const { name, shadow } of table.columns) {
    if (!shadow || named(old.columns, name)) continue
    const source = renamed.get(shadow.of) ?? shadow.of
    const from = old.columns.find((one) => one.shadow?.of === source && one.shadow.use === shadow.use)
    if (from && free(from)) renamed.set(name, from.name)
  }
  return renamed
}

function renamedIndexes(state: Blueprint, after: Blueprint): Operation[] {
  const taken = new Set(state.tables.flatMap((table) => table.indexes.map(({ name }) => name)))
  return after.tables.flatMap((table) => {
    const old = named(state.tables, table.name)?.indexes.filter(({ name }) => !named(table.indexes, name)) ?? []
    return table.indexes.flatMap((index): Operation[] => {
      if (taken.has(index.name)) return []
      const at = old.findIndex((one) => one.unique === index.unique && one.columns.join() === index.columns.join())
      if (at === -1) return []
      const [from] = old.splice(at, 1)
      taken.add(index.name)
      return [{ op: 'renameIndex', table: table.name, from: from!.name, to: index.name }]
    })
  })
}

// --- questions

const ofEveryModel = new Set(['createdAt', 'updatedAt', 'version'])
const characteristic = (table: TableDef): readonly ColumnDef[] =>
  table.columns.slice(1).filter(({ name, shadow }) => !shadow && !ofEveryModel.has(name))

function alike(a: TableDef, b: TableDef): boolean {
  const [old, wanted] = [characteristic(a), characteristic(b)]
  const shared = wanted.filter((column) => named(old, column.name)?.type === column.type).length
  return shared * 2 >= Math.max(old.length, wanted.length)
}

function ambiguousTables(before: Blueprint, after: Blueprint, renamed: ReadonlyMap<string, string>, hints: Hints): Problem[] {
  const used = new Set(renamed.values())
  const gone = before.tables
    .filter((table) => !isAside(table))
    .filter(({ name }) => !named(after.tables, name) && !used.has(name) && !hints.drops?.has(name) && !hints.empty?.has(name))
  const fresh = after.tables.filter(({ name }) => !named(before.tables, name) && !renamed.has(name))
  return gone.flatMap((old): Problem[] => {
    const like = fresh.filter((table) => alike(old, table)).map(({ name }) => name)
    if (like.length === 0) return []
    return [
      {
        id: 'ambiguous_table',
        table: old.name,
        what: `the table ${old.name} is gone and ${like.join(', ')} is new, with like columns`,
        write: `${like.map((name) => `--rename ${old.name}=${name}`).join(' or ')} (or renamedFrom: '${old.name}' in the options of the model) keeps the rows; --drop ${old.name} gives them up`,
      },
    ]
  })
}

function ambiguousColumns(old: TableDef, table: TableDef, renamed: ReadonlyMap<string, string>, hints: Hints): Problem[] {
  if (hints.empty?.has(old.name)) return []
  const used = new Set(renamed.values())
  const gone = old.columns.filter(
    ({ name, shadow }) =>
      !shadow &&
      !isAside({ name }) &&
      !named(table.columns, name) &&
      !used.has(name) &&
      !hints.drops?.has(`${old.name}.${name}`) &&
      !hints.drops?.has(`${table.name}.${name}`),
  )
  const fresh = table.columns.filter(({ name, shadow }) => !shadow && !named(old.columns, name) && !renamed.has(name))
  return gone.flatMap((column): Problem[] => {
    const like = fresh.filter((one) => similar(column, one)).map(({ name }) => name)
    if (like.length === 0) return []
    const what = `${table.name}.${column.name}`
    return [
      {
        id: 'ambiguous_column',
        table: table.name,
        column: column.name,
        what: `${what} is gone and ${like.join(', ')} is new, of a like type`,
        write: `${like.map((name) => `--rename ${what}=${name}`).join(' or ')} (or .renamedFrom('${column.name}') on the field) keeps the values; --drop ${what} gives them up`,
      },
    ]
  })
}

const families: readonly (readonly string[])[] = [
  ['text', 'text(255)', 'text(768)', 'key', 'uuid'],
  ['integer', 'real', 'serial', 'decimal'],
  ['datetime', 'date'],
]
const familyOf = (type: ColumnType): string => {
  const bare = type.startsWith('decimal') ? 'decimal' : type
  return families.find((family) => family.includes(bare))?.[0] ?? bare
}

const similar = (a: ColumnDef, b: ColumnDef): boolean =>
  familyOf(a.type) === familyOf(b.type) &&
  conversion(a.type, b.type) !== 'impossible' &&
  (a.references === undefined) === (b.references === undefined)
