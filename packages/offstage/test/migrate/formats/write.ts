// Writes a small chain of migrations with everything in it that a chain can have, in today's format, into a folder named after that.
// Run once for each format, before its first release, and never again: what was released must be read as it was written.
//
//     node --conditions=@offstage/source test/migrate/formats/write.ts

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openChain, type Chain } from '../../../src/migrate/chain.ts'
import { dataFile, folderOf, readFolder, writeMigration } from '../../../src/migrate/files.ts'
import { hintsOf } from '../../../src/migrate/hints-of.ts'
import { mergeHeads } from '../../../src/migrate/merge.ts'
import { draftMigration, format, type Migration } from '../../../src/migrate/migration.ts'
import { renderers } from '../../../src/migrate/renderers.ts'
import { remade } from '../../../src/migrate/repair-folder.ts'
import { createModel } from '../../../src/schema/model.ts'
import { resolve } from '../../../src/schema/resolve.ts'
import { t } from '../../../src/schema/t.ts'
import { blueprintOf } from '../../../src/store/blueprint.ts'
import { makeMigration, type MakeOptions } from '../make.ts'

const root = join(import.meta.dirname, String(format))
if (existsSync(root)) throw new Error(`${root} is there already; a format that was written is never written again.`)

let clock = Date.parse('2026-01-31T12:00:00.000Z')
const tick = (): Date => new Date((clock += 86_400_000))
const chain = (): Chain => openChain(readFolder(root))

const users = { name: t.text(), email: t.email().unique(), role: t.enum('member', 'admin').default('member') }
const posts = {
  title: t.text().searchable(),
  body: t.text({ max: 500 }),
  stars: t.integer({ min: 0, max: 5 }).optional(),
  price: t.decimal(10, 2).default('0.00'),
  published: t.boolean().default(false),
  publishedAt: t.datetime().optional(),
  day: t.date().optional().index(),
  extra: t.json().optional(),
  ratio: t.number().optional(),
  status: t.enum('draft', 'done'),
  author: t.ref('users'),
  next: t.ref('posts').optional(),
}

function make(
  name: string,
  models: Record<string, object>,
  options: Partial<MakeOptions> & { table?: string } = {},
  on = chain(),
): Migration {
  const registry = resolve({
    models: Object.fromEntries(
      Object.entries(models).map(([model, fields]) => [model, createModel(fields, model === 'articles' ? { renamedFrom: 'posts' } : {})]),
    ),
  })
  const now = tick()
  const made = makeMigration(on, { name, now, wanted: blueprintOf(registry), hints: hintsOf(registry, now), ...options }, renderers)
  if (!made) throw new Error(`${name} changes nothing.`)
  writeMigration(root, made)
  return made
}

make('first', { users, posts })
const { body: _body, title: _title, ...rest } = posts
const second = {
  headline: t.text().renamedFrom('title').searchable(),
  ...rest,
  next: t.ref('articles').optional(),
  status: t.enum('unpublished', 'done').renamedChoices({ draft: 'unpublished' }),
  words: t.integer(),
}
const renamed = make(
  'rename',
  { users, articles: second },
  { flags: { data: ['articles.words'] }, allowDestructive: 'Bodies are kept elsewhere now.' },
)
writeFileSync(
  join(folderOf(root, renamed.id), dataFile),
  `export const steps = {\n  'articles.words': {\n    table: 'articles',\n    columns: ['headline'],\n    where: { words: null },\n    run: (rows: readonly { headline: string }[]) => rows.map(({ headline }) => ({ words: headline.split(' ').length })),\n  },\n}\n`,
)
const fork = chain()
const { price: _price, ...cheap } = second
make('keep', { users, articles: cheap }, { keep: true }, fork)
make('tags', { users, articles: second, tags: { name: t.text().unique(), parent: t.ref('tags').optional() } }, {}, fork)
writeMigration(root, draftMigration(mergeHeads(chain(), tick())!, renderers))

const own = make('own', {}, { empty: true })
const [up, down] = ['insert into tags (id, name) select id, name from users where 1 = 0', 'delete from tags where 1 = 0']
const sql = { op: 'sql', up: every(up!), down: every(down!) } as const
const stored = chain().migrations.find(({ id }) => id === own.id)!
const edited = {
  ...stored,
  operations: [sql],
  suppressions: [{ id: 'sql-all-rows', reason: 'There are few tags.' }],
}
writeMigration(
  root,
  remade(
    edited,
    chain().migrations.filter(({ id }) => stored.parents.some((parent) => parent.id === id)),
    stored.before,
    renderers,
  ),
)

function every(statement: string): Record<'sqlite' | 'postgres' | 'mysql' | 'mariadb', readonly string[]> {
  return { sqlite: [statement], postgres: [statement], mysql: [statement], mariadb: [statement] }
}
