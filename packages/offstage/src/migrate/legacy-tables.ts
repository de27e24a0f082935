// Databases of the first versions of Offstage, which knew only SQLite and kept its tables as text in a table of tables.

import type { Registry } from '../schema/registry.ts'
import { blueprintOf, type Blueprint, type ColumnDef, type ColumnType, type TableDef } from '../store/blueprint.ts'
import { digitsOf, isDecimal } from '../store/conversions.ts'
import type { PhysicalTable, Session, Step } from '../store/operations.ts'
import { remakeSqlite } from '../store/sqlite/ddl.ts'
import { named } from './canonical.ts'
import { hintsOf } from './hints-of.ts'
import { hasTable } from './own-tables.ts'

const catalog = 'offstage_tables'

export interface Legacy {
  readonly blueprint: Blueprint
  /** Tables of that time have no defaults, and other names for their limits. */
  readonly steps: readonly Step[]
  readonly says: readonly string[]
}

interface LegacyColumn {
  readonly column: string
  readonly form: string
  readonly nullable: boolean
}

export async function legacyTables(session: Session, registry: Registry, physical: readonly PhysicalTable[]): Promise<Legacy | undefined> {
  if (session.dialect !== 'sqlite' || !(await hasTable(session, catalog))) return undefined
  const after = blueprintOf(registry)
  const { tables: renamed = {}, columns: renamedColumns = {} } = hintsOf(registry)
  const tables: TableDef[] = []
  for (const row of await session.all(`select name, text, columns from ${catalog} order by name`)) {
    const there = physical.find(({ name }) => name === row['name'])
    if (!there) continue
    const wanted = after.tables.find(
      ({ name }) => name === there.name || (!named(after.tables, there.name) && renamed[name] === there.name),
    )
    const target = (column: string): ColumnDef | undefined =>
      wanted?.columns.find(({ name }) => name === column) ??
      wanted?.columns.find(({ name }) => renamedColumns[`${wanted.name}.${name}`] === column)
    tables.push(tableOf(there, JSON.parse(String(row['columns'])) as LegacyColumn[], String(row['text']), target))
  }
  return {
    blueprint: { tables },
    steps: [...tables.flatMap(remakeSqlite), { kind: 'sql', says: `drop ${catalog}`, sql: `drop table ${catalog}` }],
    says: ['made the tables of an earlier version of Offstage fit this one'],
  }
}

function tableOf(
  there: PhysicalTable,
  columns: readonly LegacyColumn[],
  text: string,
  target: (column: string) => ColumnDef | undefined,
): TableDef {
  const declared = columns.map(({ column, form, nullable }): ColumnDef => {
    const wanted = target(column)
    const reference = there.references.find((one) => one.column === column)
    // What only the models of today know, they may tell of the table of then, as long as it keeps its values alike.
    const { references: _now, ...told } = wanted && formOf(wanted.type) === form ? wanted : { type: typeOf(column, form, text) }
    return { ...told, name: column, nullable, ...(reference && { references: { table: reference.table, column: reference.to } }) }
  })
  // The copy of a searchable text was of another kind then; a new one is made.
  const shadows = columns.flatMap(({ column }): ColumnDef[] =>
    named(there.columns, `${column}__email`)
      ? [{ name: `${column}__email`, type: 'text(768)', nullable: true, shadow: { of: column, use: 'email' } }]
      : [],
  )
  const all = [...declared, ...shadows]
  return { name: there.name, columns: all, indexes: there.indexes.filter((index) => index.columns.every((name) => named(all, name))) }
}

/** How the first versions called what a column keeps. */
function formOf(type: ColumnType): string {
  if (isDecimal(type)) return `decimal(${digitsOf(type).scale})`
  if (type === 'serial') return 'key'
  return type === 'integer' || type === 'real' || type === 'boolean' || type === 'json' ? type : 'text'
}

/** `text` is the statement that made the table; the limit of a decimal in it tells how many digits it has. */
function typeOf(column: string, form: string, text: string): ColumnType {
  const scale = /^decimal\((\d+)\)$/.exec(form)?.[1]
  if (scale === undefined) return form === 'key' ? 'serial' : (form as ColumnType)
  const limit = /^1(0*)/.exec(text.split(`abs("${column}") < `)[1] ?? '')?.[1]
  return `decimal(${limit?.length ?? 18},${Number(scale)})`
}
