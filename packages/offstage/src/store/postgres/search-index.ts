// The index for words: a GIN index over an expression that makes a set of words of the shadows. PostgreSQL's own parsers and dictionaries,
// which differ from server to server, have no part in it.

import type { Token } from '../sql/dialect.ts'
import type { IndexDef } from '../blueprint.ts'
import type { Table } from '../sql/model.ts'
import { quote } from './column-text.ts'

/** Each shadow begins and ends with a space. Questions must say it in the same words, or the index is not used. */
const wordsOf = (row: string, columns: readonly string[]): string =>
  `array_to_tsvector(array_remove(string_to_array(${columns.map((column) => `coalesce(${row}${quote(column)}, '')`).join(' || ')}, ' '), ''))`

/** How the index is made, but for its name. */
export const indexedWords = (columns: readonly string[]): string => `using gin (${wordsOf('', columns)})`

/** The index, from its expression as PostgreSQL prints it; undefined where it is about something else. */
export function searchIndexIn(name: string, printed: string): IndexDef | undefined {
  if (!printed.startsWith('array_to_tsvector(array_remove(string_to_array(')) return undefined
  const names = [...printed.matchAll(/COALESCE\((?:"((?:[^"]|"")*)"|(\w+)),/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  )
  return { name, columns: names, unique: false, search: true }
}

export function found({ searchIndex }: Table, alias: string, words: Token): string | undefined {
  if (!searchIndex) return undefined
  const query = words((list: readonly string[]) => list.map((word) => `'${word}':*`).join(' & '))
  return `${wordsOf(`${alias}.`, searchIndex.columns)} @@ ${query}::tsquery`
}
