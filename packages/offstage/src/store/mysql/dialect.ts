// MySQL's and MariaDB's words for the shared emitter.

import type { Json } from '../../schema/kind.ts'
import { unitsOf } from '../../query/values.ts'
import type { Column, Dialect, SqlValue } from '../sql/dialect.ts'
import { bucketText } from './buckets.ts'
import { quote } from './column-text.ts'
import type { Flavour } from './flavour.ts'
import { found } from './search-index.ts'
import { codecOf, literal } from './values.ts'

/** What a text becomes that is longer than the server can put together. No text that is kept has it. */
export const tooLong = '\u0000'

const concat = (pieces: readonly string[]): string => `coalesce(concat(${pieces.join(', ')}), ${literal(tooLong)})`

/** Each of its steps is a name in an object, never a place in a list. */
const pathOf = ({ path }: { readonly path: readonly string[] }): SqlValue => `$${path.map((name) => `.${JSON.stringify(name)}`).join('')}`

function listType({ field: { kind, options } }: Column, collation: string): string {
  switch (kind.storage) {
    case 'integer':
      return 'bigint'
    case 'real':
      return 'double'
    case 'boolean':
      return 'tinyint'
    case 'decimal':
      return 'decimal(65,30)'
    case 'datetime':
      return 'datetime(3)'
    case 'date':
      return 'date'
    default: {
      // An id is looked up by what is in the list: so it must not be of a type that has no index.
      const short = kind.name === 'id' || kind.name === 'ref' || kind.name === 'enum' || Number(options['max']) <= 255
      return `${short ? 'varchar(255)' : 'longtext'} collate ${collation}`
    }
  }
}

function encodeList(column: Column, values: readonly Json[]): SqlValue {
  const items = values.map((value) => {
    const encoded = column.encode(value)
    return typeof encoded === 'bigint' ? encoded.toString() : JSON.stringify(encoded)
  })
  return `[${items.join()}]`
}

/** Without an index for words where the server or the use forbids it. */
export function mysqlDialect(flavour: Flavour, withWords: boolean): Dialect {
  return {
    name: flavour.name,
    always: 'true',
    never: 'false',
    rows: flavour.rows,
    rowId: undefined,
    existsByRow: false,
    step: undefined,
    countRow: undefined,
    quote,
    literal,
    placeholder: () => '?',
    codec: codecOf,
    encodeStep(column, step) {
      if (column.field.kind.name === 'integer') return BigInt(step)
      return column.field.kind.storage === 'real' ? Number(step) : String(step)
    },
    contains: (sql, value) => `(instr(${sql}, ${value}) > 0)`,
    endsWith: (sql, value) => `(right(${sql}, char_length(${value})) = ${value})`,
    // The last code point there is, which is no character, more often than anyone writes it.
    afterAllText: '\u{10ffff}'.repeat(1_000),
    inList: (sql, list, column) => `(${sql} in (select j.v from ${flavour.values(list, listType(column, flavour.collation))}))`,
    encodeList,
    jsonTest(sql, token, op) {
      const found = `json_extract(${sql}, ${token(pathOf)})`
      if (op === 'exists') return `(${found} is not null)`
      if (op === 'equals') return `(${flavour.jsonEquals(found, token)})`
      const isList = `coalesce(json_type(${found}) = 'ARRAY' collate ${flavour.collation}, false)`
      return `(${isList} and ${flavour.jsonHas(`json_extract(${sql}, ${token(pathOf)})`, token)})`
    },
    ...(withWords && { search: found }),
    // Descending, they have nulls last by themselves.
    orderBy: ({ sql, desc, nullable }) => (desc ? `${sql} desc` : nullable ? `${sql} is null, ${sql}` : sql),
    // MariaDB's `group_concat` takes null for 0 when it orders.
    orderInList: ({ sql, desc, nullable }) => `${nullable ? `${sql} is null, ` : ''}${sql}${desc ? ' desc' : ''}`,
    limit: (token) => token,
    encodeLimit: BigInt,
    noLimit: '',
    concat,
    list(source, counted) {
      const { texts, count } = flavour.listed(source)
      return `(select ${concat([...(counted ? [count] : []), `'['`, `coalesce(${texts}, '')`, `']'`])} from ${source.from})`
    },
    isTrue: (value) => value === 1,
    exactText: true,
    exactSum: (sql, { field }) => ({
      select: [`sum(${sql})`],
      read([sum]) {
        const { units, scale } = unitsOf(String(sum))
        const wanted = field.kind.storage === 'decimal' ? Number(field.options['scale']) : 0
        return units * 10n ** BigInt(wanted - scale)
      },
    }),
    bucket: bucketText,
  }
}
