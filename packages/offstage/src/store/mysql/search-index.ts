// The index for words: FULLTEXT over the shadows. It serves plain words alone, and only what is committed: a transaction, whose view of the
// rows is its own, must do without.

import type { Token } from '../sql/dialect.ts'
import type { Table } from '../sql/model.ts'
import type { Connection } from './connection.ts'
import { isPlain } from '../shape.ts'
import { quote } from './column-text.ts'

/** A server can be set up so that its index leaves out some plain words: then it is not used. */
export async function takesPlainWords(connection: Connection): Promise<boolean> {
  const settings = 'select @@innodb_ft_min_token_size, @@innodb_ft_max_token_size, @@innodb_ft_server_stopword_table'
  const [[least, most, stopwords]] = (await connection.all(settings, [])) as [[number, number, string | null]]
  return Number(least) <= 3 && Number(most) >= 64 && (stopwords ?? '') === ''
}

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
