// The index for words: a GIN index over an expression that makes a set of words of the shadows. PostgreSQL's own parsers and dictionaries,
// which differ from server to server, have no part in it.

import type { Token } from '../sql/dialect.ts'
import type { Table } from '../sql/model.ts'
import { quote } from './column-text.ts'

/** Each shadow begins and ends with a space. Questions must say it in the same words, or the index is not used. */
export const wordsOf = (row: string, columns: readonly string[]): string =>
  `array_to_tsvector(array_remove(string_to_array(${columns.map((column) => `coalesce(${row}${quote(column)}, '')`).join(' || ')}, ' '), ''))`

/** The columns of the index, from its expression as PostgreSQL prints it. */
export const columnsIn = (printed: string): readonly string[] =>
  [...printed.matchAll(/COALESCE\((?:"((?:[^"]|"")*)"|(\w+)),/gi)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!)

export function found({ searchIndex }: Table, alias: string, words: Token): string | undefined {
  if (!searchIndex) return undefined
  const query = words((list: readonly string[]) => list.map((word) => `'${word}':*`).join(' & '))
  return `${wordsOf(`${alias}.`, searchIndex.columns)} @@ ${query}::tsquery`
}
