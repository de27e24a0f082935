// Everything that differs between MySQL and MariaDB while an app runs. What differs in their tables is in `column-text.ts`.

import { OffstageError } from '../../base/errors.ts'
import type { Json } from '../../schema/kind.ts'
import type { ListSource, SqlValue } from '../sql/dialect.ts'
import { collations } from './column-text.ts'

type Make = (encode: (value: any) => SqlValue) => string

export interface Flavour {
  readonly name: 'mysql' | 'mariadb'
  /** By code point, and with spaces at the end counted. */
  readonly collation: string
  /** MariaDB has no derived table that sees the row around it, and MySQL no limit in an aggregate. */
  readonly rows: 'sorted' | 'flat'
  /** The texts of a list with commas between them, and the number of its rows. */
  listed(source: ListSource): { readonly texts: string; readonly count: string }
  /** The setting that ends a statement which reads for too long. */
  statementTime(milliseconds: number): string
  /** Settings that the other one does not know, or does not need. */
  readonly settings: readonly string[]
  /** What is to be known of this server, as a query whose rows are warnings. */
  readonly warnings: string | undefined
  /** The values `v` of a JSON array as a table to select from. */
  values(list: string, type: string): string
  /** Whether what was found in a document is this value; false where nothing was. */
  jsonEquals(found: string, value: Make): string
  /** Whether the list that was found has this value as an item of its own. */
  jsonHas(found: string, value: Make): string
}

const encodeValue = ({ value }: { readonly value: Json }): SqlValue => JSON.stringify(value)

const mariadb: Flavour = {
  name: 'mariadb',
  collation: collations.mariadb,
  rows: 'flat',
  listed: ({ text, order, limit }) => ({
    texts: `group_concat(${text}${order && ` order by ${order}`}${limit && ` limit ${limit}`})`,
    count: limit ? `least(count(*), ${limit})` : 'count(*)',
  }),
  statementTime: (milliseconds) => `max_statement_time = ${milliseconds / 1_000}`,
  // For a process that stands still: others wait for what it has locked.
  settings: ['idle_transaction_timeout = 60'],
  warnings: undefined,
  values: (list, type) => `json_table(${list}, '$[*]' columns (v ${type} path '$')) j`,
  // Documents are text, and we wrote them: equal values have equal texts. A function's bare result would be compared without its quotes.
  jsonEquals: (found, value) => `coalesce(concat(${found}) = ${value(encodeValue)}, false)`,
  jsonHas: (found, value) =>
    `exists (select 1 from json_table(${found}, '$[*]' columns (v json path '$')) j where j.v = ${value(encodeValue)})`,
}

const mysql: Flavour = {
  name: 'mysql',
  collation: collations.mysql,
  rows: 'sorted',
  listed: ({ text, order }) => ({ texts: `group_concat(${text}${order && ` order by ${order}`})`, count: 'count(*)' }),
  statementTime: (milliseconds) => `max_execution_time = ${milliseconds}`,
  // MySQL 9.7 takes the first answer of a subquery for the answer of all rows where it materialises one in the condition of an outer join.
  settings: [`optimizer_switch = 'materialization=off'`],
  // Such a server takes a reference for sound where another column of a unique index that begins with it is null.
  warnings: `select 'This MySQL does not check every reference: start it with innodb_native_foreign_keys=ON.'
    from performance_schema.global_variables where variable_name = 'innodb_native_foreign_keys' and variable_value = 'OFF'`,
  // The limit keeps the text from being read anew for every row.
  values: (list, type) => `(select * from json_table(${list}, '$[*]' columns (v ${type} path '$')) j limit 1000000) j`,
  jsonEquals: (found, value) => `coalesce(${found} = cast(${value(encodeValue)} as json), false)`,
  // A null of the document comes out of `json_table` as a null of SQL.
  jsonHas: (found, value) =>
    `exists (select 1 from json_table(${found}, '$[*]' columns (v json path '$')) j where coalesce(j.v, cast('null' as json)) = cast(${value(encodeValue)} as json))`,
}

const least = { mysql: [8, 0, 17], mariadb: [10, 6, 0] } as const

/** From what `select version()` says: `10.11.6-MariaDB-0+deb12u1`, `8.4.2`. */
export function flavourOf(version: string, place: string): Flavour {
  const flavour = /mariadb/i.test(version) ? mariadb : mysql
  const found = version.split(/[.-]/).slice(0, 3).map(Number)
  const wanted = least[flavour.name]
  const at = wanted.findIndex((part, index) => part !== found[index])
  if (at >= 0 && !(found[at]! > wanted[at]!)) {
    throw new OffstageError('configuration', {
      detail: `Offstage needs MySQL ${least.mysql.join('.')} or MariaDB ${least.mariadb.slice(0, 2).join('.')}, or later; ${place} is ${version}.`,
    })
  }
  return flavour
}
