// What tables a database of MySQL or MariaDB has, and what it shows of the tables of a blueprint.

import { decimal } from '../../base/decimal.ts'
import type { Json } from '../../schema/kind.ts'
import type { Blueprint, ColumnType, IndexDef } from '../blueprint.ts'
import type { PhysicalColumn, PhysicalTable, Session } from '../operations.ts'
import { referencesOf, supportsOf } from '../references.ts'
import { checksOf, collations, plain, typeName, type Flavour } from './column-text.ts'

/** Columns that were added later stand last: their order tells nothing. */
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)

export function expectedMysql(flavour: Flavour, blueprint: Blueprint): readonly PhysicalTable[] {
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
          ...(/varchar|text/.test(typeName(type)) && { collation: collations[flavour] }),
        }))
        .toSorted(byName),
      primaryKey: [table.columns[0]!.name],
      indexes: [...table.indexes, ...supportsOf(table)].toSorted(byName),
      references: references
        .filter((one) => one.table === table.name)
        .map(({ name, column, target, to }) => ({ name, column, table: target, to }))
        .toSorted(byName),
      checks: table.columns.flatMap((column) => checksOf(table.name, column).map(({ name }) => name)).toSorted(),
    }))
    .toSorted(byName)
}

const shownDefault = (type: ColumnType, value: Json): string => shown(typeName(type), value === null ? 'null' : plain(type, value))

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** The constant in one form, however it was written. */
function shown(type: string, value: string): string {
  const scale = /^decimal\(\d+,(\d+)\)/.exec(type)?.[1]
  if (scale !== undefined) return decimal.round(value, Number(scale))
  if (/^(double|float)/.test(type)) return String(Number(value))
  return /int/.test(type) ? value : text(value)
}

type Row = Readonly<Record<string, unknown>>

// The schema is given for each of the two: one that follows from the other makes the server open the tables of all its databases, and
// wait for whoever is changing one of those.
const columnsOf = `select t.table_name as tname, c.column_name as cname, c.column_type as ctype, c.data_type as dtype, c.is_nullable as nullable,
    c.column_default as fallback, c.collation_name as coll, c.extra as extra
  from information_schema.tables t
  join information_schema.columns c on c.table_name = t.table_name
  where t.table_schema = database() and c.table_schema = database() and t.table_type = 'BASE TABLE'`

const indexesOf = `select table_name as tname, index_name as iname, index_type as itype, non_unique as nonunique, seq_in_index as at, column_name as cname
  from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`

const referencesThere = `select table_name as tname, constraint_name as kname, column_name as cname, referenced_table_name as target,
    referenced_column_name as tocolumn
  from information_schema.key_column_usage where table_schema = database() and referenced_table_schema = database()`

const checksThere = `select table_name as tname, constraint_name as kname from information_schema.table_constraints
  where table_schema = database() and constraint_type = 'CHECK'`

/** Of the current database. */
export async function introspectMysql(session: Session): Promise<readonly PhysicalTable[]> {
  const tables = Map.groupBy(await session.all(columnsOf), tableOf)
  const indexes = Map.groupBy(await session.all(indexesOf), tableOf)
  const references = Map.groupBy(await session.all(referencesThere), tableOf)
  const checks = Map.groupBy(await session.all(checksThere), tableOf)
  return [...tables]
    .map(([name, columns]) => {
      const keys = indexDefs(indexes.get(name) ?? [])
      return {
        name,
        columns: columns.map((row) => columnOf(session, row)).toSorted(byName),
        primaryKey: keys.find((key) => key.name === 'PRIMARY')?.columns ?? [],
        indexes: keys.filter((key) => key.name !== 'PRIMARY').toSorted(byName),
        references: singles(references.get(name) ?? []).toSorted(byName),
        checks: (checks.get(name) ?? []).map((row) => String(row['kname'])).toSorted(),
      }
    })
    .toSorted(byName)
}

const tableOf = (row: Row): string => String(row['tname'])

/** An index on an expression is the developer's own. */
function indexDefs(rows: readonly Row[]): IndexDef[] {
  return [...Map.groupBy(rows, (row) => String(row['iname']))]
    .filter(([, parts]) => parts.every((row) => row['cname'] !== null))
    .map(([name, parts]) => ({
      name,
      columns: parts.map((row) => String(row['cname'])),
      unique: Number(parts[0]!['nonunique']) === 0,
      ...(parts[0]!['itype'] === 'FULLTEXT' && { search: true }),
    }))
}

/** Ours are of one column each. */
function singles(rows: readonly Row[]): { name: string; column: string; table: string; to: string }[] {
  return [...Map.groupBy(rows, (row) => String(row['kname']))]
    .filter(([, parts]) => parts.length === 1)
    .map(([name, [row]]) => ({
      name,
      column: String(row!['cname']),
      table: String(row!['target']),
      to: String(row!['tocolumn']),
    }))
}

function columnOf({ dialect }: Session, row: Row): PhysicalColumn {
  const type = String(row['ctype'])
    .toLowerCase()
    .replace(/^(smallint|mediumint|int|bigint)\(\d+\)/, '$1')
  const fallback = row['fallback'] === null ? undefined : String(row['fallback'])
  const value =
    fallback === undefined ? undefined : dialect === 'mariadb' ? ofMariadb(type, fallback) : ofMysql(type, fallback, String(row['extra']))
  return {
    name: String(row['cname']),
    type,
    nullable: row['nullable'] === 'YES',
    ...(value !== undefined && { default: value }),
    ...(row['coll'] !== null && { collation: String(row['coll']) }),
  }
}

function ofBytes(printed: string): string | undefined {
  const bytes = /^\(?convert\((?:x'|0x)([0-9a-f]*)'? using utf8mb4\)\)?$/i.exec(printed)?.[1]
  return bytes === undefined ? undefined : Buffer.from(bytes, 'hex').toString()
}

const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** MariaDB prints what could stand in a statement. */
function ofMariadb(type: string, printed: string): string | undefined {
  if (printed === 'NULL') return undefined
  const quoted = /^'((?:[^'\\]|''|\\[^])*)'$/.exec(printed)
  if (quoted) return shown(type, unescaped(quoted[1]!).replaceAll("''", "'"))
  const bytes = ofBytes(printed)
  if (bytes !== undefined) return shown(type, bytes)
  return number.test(printed) && /^(decimal|double|float|.*int)/.test(type) ? shown(type, printed) : printed
}

/** MySQL prints a constant bare and an expression as one. */
function ofMysql(type: string, printed: string, extra: string): string {
  if (!/DEFAULT_GENERATED/i.test(extra))
    return number.test(printed) || !/^(decimal|double|float|.*int)/.test(type) ? shown(type, printed) : printed
  const quoted = /^\(?_[a-z0-9]+\s*\\?'([^]*?)\\?'\)?$/i.exec(printed)
  const bytes = ofBytes(printed)
  if (bytes !== undefined) return shown(type, bytes)
  // The text was escaped once as a literal, and once more when it was printed.
  return quoted ? shown(type, unescaped(unescaped(quoted[1]!)).replaceAll("''", "'")) : printed
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', b: '\b', Z: '\u001a' }

const unescaped = (value: string): string => value.replace(/\\([^])/g, (_, letter: string) => escapes[letter] ?? letter)
