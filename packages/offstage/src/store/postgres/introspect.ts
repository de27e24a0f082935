// What tables a PostgreSQL schema has. Indexes and constraints that a broken or unfinished run left invalid count as missing.

import { decimal } from '../../base/decimal.ts'
import type { Json } from '../../schema/kind.ts'
import { checkName, type Blueprint, type ColumnType, type IndexDef } from '../blueprint.ts'
import { digitsOf, isDecimal, isTextual } from '../conversions.ts'
import type { PhysicalColumn, PhysicalTable, Session } from '../operations.ts'
import { referencesOf } from '../references.ts'
import { constant, literal, typeName } from './column-text.ts'
import { searchIndexIn } from './search-index.ts'

/** Columns that were added later stand last: their order tells nothing. */
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)

export function expectedPostgres(blueprint: Blueprint): readonly PhysicalTable[] {
  const references = referencesOf(blueprint)
  return blueprint.tables
    .map((table) => ({
      name: table.name,
      columns: table.columns
        .map(({ name, type, nullable, default: value }) => ({
          name,
          type: typeName(type),
          nullable,
          ...(value !== undefined && { default: shownDefault(type, value) }),
          ...(isTextual(type) && { collation: 'C' }),
        }))
        .toSorted(byName),
      primaryKey: [table.columns[0]!.name],
      indexes: table.indexes.toSorted(byName),
      references: references
        .filter((one) => one.table === table.name)
        .map(({ name, column, target, to }) => ({ name, column, table: target, to }))
        .toSorted(byName),
      checks: table.columns.flatMap((column) => checkName(table.name, column) ?? []).toSorted(),
    }))
    .toSorted(byName)
}

/** PostgreSQL's own form depends on the time zone of the session, and on how the default was written. */
function shownDefault(type: ColumnType, value: Json): string {
  if (isDecimal(type)) return decimal.round(String(value), digitsOf(type).scale)
  return type === 'real' ? String(Number(value)) : constant(type, value)
}

type Row = Readonly<Record<string, unknown>>

// Tables of extensions are theirs. Partitions show in the table that they are parts of.
const tables = `pg_catalog.pg_class t where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
  and not exists (select from pg_catalog.pg_depend d where d.objid = t.oid and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e')`

const columnsOf = `select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
    pg_get_expr(d.adbin, d.adrelid) as "default", l.collname as collation
  from (select t.oid, t.relname from ${tables}) c
  left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_catalog.pg_collation l on l.oid = a.attcollation
  order by a.attname collate "C"`

// An index on expressions or for some rows only is the developer's own, for reasons that no model tells.
const indexesOf = `select t.relname as "table", i.relname as name, x.indisunique as "unique", x.indisprimary as "primary", a.attname as "column"
  from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
  join (select t.oid, t.relname from ${tables}) t on t.oid = x.indrelid
  cross join lateral generate_series(0, x.indnkeyatts - 1) as k(at)
  join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[k.at]
  where x.indisvalid and x.indexprs is null and x.indpred is null
  order by i.relname collate "C", k.at`

// Ours for words is on an expression, too.
const searchIndexesOf = `select t.relname as "table", i.relname as name, pg_get_expr(x.indexprs, x.indrelid) as expression
  from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
  join (select t.oid, t.relname from ${tables}) t on t.oid = x.indrelid
  join pg_catalog.pg_am m on m.oid = i.relam
  where x.indisvalid and x.indnatts = 1 and x.indexprs is not null and x.indpred is null and m.amname = 'gin'`

const constraintsOf = `select t.relname as "table", c.conname as name, c.contype as type, a.attname as "column", f.relname as target, b.attname as "to"
  from pg_catalog.pg_constraint c join (select t.oid, t.relname from ${tables}) t on t.oid = c.conrelid
  left join pg_catalog.pg_class f on f.oid = c.confrelid
  left join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
  left join pg_catalog.pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
  where c.convalidated and (c.contype = 'c' or (c.contype = 'f' and cardinality(c.conkey) = 1 and c.conparentid = 0))
  order by c.conname collate "C"`

/** Of the current schema. */
export async function introspectPostgres(session: Session): Promise<readonly PhysicalTable[]> {
  const columns = await session.all(columnsOf)
  const indexes = Map.groupBy(await session.all(indexesOf), tableOf)
  const searches = Map.groupBy(await session.all(searchIndexesOf), tableOf)
  const constraints = Map.groupBy(await session.all(constraintsOf), tableOf)
  return [...Map.groupBy(columns, tableOf)]
    .map(([name, rows]) => {
      const parts = indexes.get(name) ?? []
      const own = constraints.get(name) ?? []
      return {
        name,
        columns: rows.filter((row) => row['name'] !== null).map(columnOf),
        primaryKey: parts.filter((row) => row['primary'] === true).map((row) => String(row['column'])),
        indexes: [...indexDefs(parts.filter((row) => row['primary'] !== true)), ...searchDefs(searches.get(name) ?? [])].toSorted(byName),
        references: own
          .filter((row) => row['type'] === 'f')
          .map(({ name: key, column, target, to }) => ({
            name: String(key),
            column: String(column),
            table: String(target),
            to: String(to),
          })),
        checks: own.filter((row) => row['type'] === 'c').map((row) => String(row['name'])),
      }
    })
    .toSorted(byName)
}

const tableOf = (row: Row): string => String(row['table'])

function indexDefs(rows: readonly Row[]): IndexDef[] {
  return [...Map.groupBy(rows, (row) => String(row['name']))].map(([name, parts]) => ({
    name,
    columns: parts.map((row) => String(row['column'])),
    unique: parts[0]!['unique'] === true,
  }))
}

const searchDefs = (rows: readonly Row[]): IndexDef[] =>
  rows.flatMap(({ name, expression }) => searchIndexIn(String(name), String(expression)) ?? [])

function columnOf(row: Row): PhysicalColumn {
  const type = String(row['type'])
  return {
    name: String(row['name']),
    type,
    nullable: row['nullable'] === true,
    ...(row['default'] !== null && { default: plainDefault(type, String(row['default'])) }),
    ...(row['collation'] !== null && { collation: String(row['collation']) }),
  }
}

const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/

/** The constant as `shownDefault` writes it; an expression as PostgreSQL does. */
function plainDefault(type: string, printed: string): string {
  const quoted = /^'((?:[^']|'')*)'::[a-z][a-z ]*(\(\d+(,\d+)?\))?( with time zone)?$/.exec(printed)
  const value = quoted ? quoted[1]!.replaceAll("''", "'") : printed
  if (number.test(value)) {
    const scale = /^numeric\(\d+,(\d+)\)$/.exec(type)?.[1]
    if (scale !== undefined) return decimal.round(value, Number(scale))
    if (type === 'double precision') return String(Number(value))
    if (type === 'bigint' || type === 'integer' || type === 'smallint') return value
  }
  if (!quoted) return printed
  return literal(type.endsWith('with time zone') ? (instant(value) ?? value) : value)
}

/** PostgreSQL prints it by the time zone of the session, with offsets to the second in old times. */
function instant(printed: string): string | undefined {
  const parts = /^(\d{4,5})-(\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/.exec(printed)
  if (!parts) return undefined
  const [, year, day, time, sign, hours, minutes = '0', seconds = '0', before] = parts
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === '-' ? -1000 : 1000)
  // At either end of what can be kept it is another year elsewhere: 1 BC, which counts as 0, and 10000.
  const local = before ? '0' : year!
  return new Date(Date.parse(`+${local.padStart(6, '0')}-${day}T${time}Z`) - offset).toISOString()
}
