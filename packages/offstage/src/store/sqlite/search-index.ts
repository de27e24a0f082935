// The index for words: an FTS5 table, kept by triggers. FTS5 knows rows by numbers, and VACUUM may give the rows of a table without a number
// of its own other ones: so a table between holds a number for each key.

import type { Token } from '../sql/dialect.ts'
import type { Table } from '../sql/model.ts'
import type { IndexDef, TableDef } from '../blueprint.ts'
import { indexText, storageOf } from './table-text.ts'
import { quote } from './values.ts'

const wordsName = (index: string): string => `${index}__words`
const triggers = ['insert', 'update', 'delete'] as const

/** The words of a row: each shadow begins and ends with a space. */
const wordsOf = (row: string, columns: readonly string[]): string =>
  `concat(${columns.map((column) => `${row}${quote(column)}`).join(', ')})`

export const indexTexts = (table: TableDef, index: IndexDef): readonly string[] =>
  index.search ? searchIndexTexts(table, index) : [indexText(table.name, index)]

export const dropIndexTexts = (index: IndexDef): readonly string[] =>
  index.search ? dropSearchIndexTexts(index.name) : [`DROP INDEX ${quote(index.name)}`]

/** Made and filled. */
function searchIndexTexts(table: TableDef, { name, columns }: IndexDef): string[] {
  const key = table.columns[0]!
  const [on, keys, words, id] = [quote(table.name), quote(name), quote(wordsName(name)), quote(key.name)]
  const number = (row: string): string => `(SELECT "at" FROM ${keys} WHERE "id" = ${row}.${id})`
  const trigger = (event: (typeof triggers)[number], of: string, ...statements: string[]): string =>
    `CREATE TRIGGER ${quote(`${name}__${event}`)} AFTER ${event.toUpperCase()}${of} ON ${on} BEGIN ${statements.join('; ')}; END`
  return [
    `CREATE TABLE ${keys} ("at" INTEGER PRIMARY KEY, "id" ${storageOf(key.type).toUpperCase()} NOT NULL UNIQUE) STRICT`,
    // Only which words a row has is kept. The tokenizer splits at the spaces of ASCII and nothing else: what our words are made of stays whole.
    `CREATE VIRTUAL TABLE ${words} USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')`,
    `INSERT INTO ${keys} ("id") SELECT ${id} FROM ${on}`,
    `INSERT INTO ${words} (rowid, words) SELECT i."at", ${wordsOf('t.', columns)} FROM ${keys} i JOIN ${on} t ON t.${id} = i."id"`,
    trigger(
      'insert',
      '',
      `INSERT INTO ${keys} ("id") VALUES (new.${id})`,
      `INSERT INTO ${words} (rowid, words) VALUES (last_insert_rowid(), ${wordsOf('new.', columns)})`,
    ),
    trigger(
      'update',
      ` OF ${[key.name, ...columns].map(quote).join(', ')}`,
      `UPDATE ${keys} SET "id" = new.${id} WHERE "id" = old.${id}`,
      `UPDATE ${words} SET words = ${wordsOf('new.', columns)} WHERE rowid = ${number('new')}`,
    ),
    trigger('delete', '', `DELETE FROM ${words} WHERE rowid = ${number('old')}`, `DELETE FROM ${keys} WHERE "id" = old.${id}`),
  ]
}

/** The triggers are gone already where their table is. */
const dropSearchIndexTexts = (name: string): string[] => [
  ...triggers.map((event) => `DROP TRIGGER IF EXISTS ${quote(`${name}__${event}`)}`),
  `DROP TABLE ${quote(wordsName(name))}`,
  `DROP TABLE ${quote(name)}`,
]

/** As it shows in the schema of a database: by its trigger for updates, which names what it is about. */
export function searchIndexIn(trigger: string, text: string): IndexDef | undefined {
  const columns = /^CREATE TRIGGER .* AFTER UPDATE OF (.*?) ON /i.exec(text)?.[1]
  if (!trigger.endsWith('__update') || columns === undefined) return undefined
  const names = [...columns.matchAll(/"((?:[^"]|"")*)"/g)].map(([, name]) => name!.replaceAll('""', '"'))
  return { name: trigger.slice(0, -'__update'.length), columns: names.slice(1), unique: false, search: true }
}

/** Tables that are there for this index alone. */
export const searchTables = ({ name }: IndexDef): readonly string[] =>
  [name, wordsName(name)].concat(['config', 'data', 'docsize', 'idx', 'content'].map((part) => `${wordsName(name)}_${part}`))

export function found({ searchIndex, id }: Table, alias: string, words: Token): string | undefined {
  if (!searchIndex) return undefined
  const [keys, fts] = [quote(searchIndex.name), quote(wordsName(searchIndex.name))]
  const query = words((list: readonly string[]) => list.map((word) => `"${word}"*`).join(' AND '))
  // Cross joins keep their order.
  return `${alias}.${id.name} in (select ${keys}."id" from ${fts} cross join ${keys} on ${keys}."at" = ${fts}.rowid where ${fts} match ${query})`
}
