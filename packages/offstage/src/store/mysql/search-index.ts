// The index for words: FULLTEXT over the shadows. It serves plain words alone, and only what is committed: a transaction, whose view of the
// rows is its own, must do without.

import type { Token } from '../sql/dialect.ts'
import type { Table } from '../sql/model.ts'
import { isPlain } from '../shape.ts'
import { quote } from './column-text.ts'

/** What the index would leave out of plain words depends on how the server was set up: then it is not used. */
export const searchSettings = 'select @@innodb_ft_min_token_size, @@innodb_ft_max_token_size, @@innodb_ft_server_stopword_table'
export const takesPlainWords = (least: number, most: number, stopwords: string | null): boolean =>
  least <= 3 && most >= 64 && (stopwords ?? '') === ''

export function found({ searchIndex }: Table, alias: string, plain: boolean, words: Token): string | undefined {
  if (!searchIndex || !plain) return undefined
  const columns = searchIndex.columns.map((column) => `${alias}.${quote(column)}`).join(', ')
  const query = words((list: readonly string[]) =>
    list
      .filter(isPlain)
      .map((word) => `+${word}*`)
      .join(' '),
  )
  return `match (${columns}) against (${query} in boolean mode)`
}
