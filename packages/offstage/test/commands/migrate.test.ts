import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace, type Ran, type Workplace } from './offstage.ts'

/** Models as text; what stands in the app's file. */
const app = (models: string): string => `import { defineApp, defineModels, t } from 'offstage'
const { models } = defineModels({ ${models} })
for (const model of Object.values(models)) model.access({ read: 'everyone', create: 'everyone' })
export const app = defineApp({ models })
`

function place(
  models: string,
): Workplace & { models: (text: string) => void; migrations: () => string[]; ok: (...args: string[]) => Promise<string> } {
  const work = workplace()
  writeFileSync(join(work.folder, 'package.json'), '{ "type": "module" }')
  const write = (text: string): void => writeFileSync(join(work.folder, 'app.ts'), app(text))
  write(models)
  return Object.assign(work, {
    models: write,
    migrations: () => (existsSync(join(work.folder, 'migrations')) ? readdirSync(join(work.folder, 'migrations')).toSorted() : []),
    async ok(...args: string[]) {
      const { code, out, err } = await work.run(...args)
      assert.equal(code, 0, `${args.join(' ')}\n${out}${err}`)
      return out
    },
  })
}

const refused = ({ code, out, err }: Ran, pattern: RegExp): void => {
  assert.equal(code, 1, out)
  assert.match(out + err, pattern)
}

test('models become migrations, and migrations tables', async () => {
  using work = place('notes: { text: t.text() }')
  assert.match(await work.ok('migrate', 'make'), /migrations\/\d{14}_first {2}sqlite, postgres, mysql, mariadb\n {2}create notes\n/)
  assert.match(await work.ok('migrate', 'make'), /there is nothing to write/)
  assert.match(await work.ok('migrate', 'up', '--dry-run'), /-- \d+_first\n[\s\S]*create table "notes"/i)
  refused(await work.run('migrate', 'status'), /_first\s+pending/)
  assert.match(await work.ok('migrate', 'up'), /_first\n {2}1\/\d .* ms\n[\s\S]* has 1 migration more/)
  assert.match(await work.ok('migrate', 'up'), /has all of its migrations/)
  assert.match(await work.ok('migrate', 'status'), /_first\s+done 2/)
  assert.match(await work.ok('migrate', 'check', '--replay'), /One migration, nothing wrong, and replayed/)

  work.models('notes: { text: t.text(), stars: t.integer().default(0) }')
  refused(await work.run('migrate', 'check'), /The models have changes that are in no migration: add notes.stars/)
  assert.match(await work.ok('migrate', 'make', 'stars'), /_stars/)
  assert.match(await work.ok('migrate', 'up'), /has 1 migration more/)
  assert.match(await work.ok('migrate', 'down'), /_stars back\n[\s\S]* has 1 migration less/)
  assert.match(await work.ok('migrate', 'sql', 'stars', '--dialect', 'postgres'), /alter table "notes" add column "stars"/i)
  assert.match(await work.ok('migrate', 'sql', 'stars', '--down', '--dialect', 'mysql'), /drop column/i)
})

test('what is ambiguous is refused with both ways to say it, and destruction needs a reason', async () => {
  using work = place('notes: { title: t.text() }')
  await work.ok('migrate', 'make')
  work.models('notes: { headline: t.text() }')
  refused(await work.run('migrate', 'make'), /--rename notes\.title=headline[\s\S]*--drop notes\.title/)
  assert.equal(work.migrations().length, 1)
  assert.match(await work.ok('migrate', 'make', '--rename', 'notes.title=headline'), /rename notes.title to headline/)
  work.models('notes: {}')
  refused(await work.run('migrate', 'make'), /would lose data[\s\S]*drop notes.headline[\s\S]*--allow-destructive/)
  assert.match(
    await work.ok('migrate', 'make', '--allow-destructive', 'nobody reads it'),
    /data-loss: All values of notes.headline are gone/,
  )
  await work.ok('migrate', 'up')
  refused(await work.run('migrate', 'down'), /no way back/)
})

test('values that code works out: a skeleton that must be filled in, and a migration that goes on when it is', async () => {
  using work = place('orders: { price: t.decimal(8, 2), quantity: t.integer() }')
  await work.ok('migrate', 'make')
  await work.ok('migrate', 'up')
  writeFileSync(join(work.folder, 'orders.csv'), 'price,quantity\n1.50,3\n2.00,4\n')
  await work.ok('import', 'orders', 'orders.csv')
  work.models('orders: { price: t.decimal(8, 2), quantity: t.integer(), total: t.decimal(12, 2) }')
  refused(await work.run('migrate', 'make'), /total/)
  assert.match(await work.ok('migrate', 'make', 'total', '--data', 'orders.total'), /Fill in migrations\/\d+_total\/data.ts first/)
  refused(await work.run('migrate', 'up'), /not worked out yet/)
  const file = join(work.folder, 'migrations', work.migrations().at(-1)!, 'data.ts')
  const text = readFileSync(file, 'utf8')
  // Whatever a step does wrong, who only reads goes on with a warning.
  writeFileSync(file, text.replace(/throw new Error\(.*\)/, "return { totl: '1.00' }"))
  refused(await work.run('migrate', 'up'), /orders has no column totl/)
  const looking = await work.run('explain', 'anonymous', 'create', 'orders')
  assert.equal(looking.code, 0, looking.err)
  assert.match(looking.err, /warning: .*orders has no column totl/)
  assert.match(text, /'orders\.total': \{\n {4}table: 'orders',\n {4}where: \{ total: null \}/)
  writeFileSync(
    file,
    `import { dataSteps, decimal } from 'offstage'
export const steps = dataSteps({
  'orders.total': {
    table: 'orders',
    where: { total: null },
    run: (rows) => rows.map((row) => ({ total: decimal.mul(row.price, row.quantity) })),
  },
})
`,
  )
  assert.match(await work.ok('migrate', 'up'), /_total, from step 2/)
  assert.match(await work.ok('export', 'orders', '--format', 'csv'), /1\.50,3,4\.50\s.*2\.00,4,8\.00/s)
  await work.ok('migrate', 'status')
})

test('start refuses a database that is behind or has drifted, and --migrate brings it up', async () => {
  using work = place('notes: { text: t.text() }')
  await work.ok('migrate', 'make')
  const env = { SECRET: randomBytes(32).toString('base64'), ORIGINS: 'https://x.example' }
  refused(
    await work.runWith(env, 'start'),
    /is behind the app by 1 of 1 migrations: \d+_first\.[\s\S]*offstage migrate up, or offstage start --migrate/,
  )
  const first = work.start(env, 'start', '--migrate')
  await first.until(/migrated \d+_first/)
  await first.until(/"started"/)
  await first.stop()
  const second = work.start(env, 'start')
  await second.until(/"started"/)
  await second.stop()

  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(join(work.folder, 'data/app.db'))
  db.exec('alter table notes add column own text')
  db.close()
  refused(await work.runWith(env, 'start'), /not those that its migrations made: the column notes.own is there/)
  refused(await work.run('migrate', 'status'), /the column notes.own is there, and no migration made it/)

  work.models('notes: { text: t.text(), stars: t.integer().default(0) }')
  refused(
    await work.runWith(env, 'start', '--migrate'),
    /The models have changes that are in no migration: add notes.stars[\s\S]*offstage migrate make/,
  )
})

test('development follows the models, and knows where it is when they are written down', async () => {
  using work = place('notes: { text: t.text() }')
  const dev = async (pattern: RegExp): Promise<void> => {
    const running = work.start({ PORT: '0' }, 'dev')
    await running.until(pattern)
    await running.stop()
  }
  await dev(/API/)
  await work.ok('migrate', 'make')
  assert.match(await work.ok('migrate', 'up'), /is done already: the tables followed the models/)
  work.models('notes: { text: t.text(), stars: t.integer().default(0) }')
  await dev(/Not in a migration yet: add notes.stars[\s\S]*API/)
  await work.ok('migrate', 'make')
  await dev(/API/)
  assert.match(await work.ok('migrate', 'status'), /add_notes_stars\s+adopted/)

  // Somebody else's migration comes in.
  work.models('notes: { text: t.text(), stars: t.integer().default(0), done: t.boolean().default(false) }')
  await work.ok('migrate', 'make')
  await dev(/migrated \d+_add_notes_done[\s\S]*API/)
  assert.match(await work.ok('migrate', 'status'), /add_notes_done\s+done/)
})

test('what is put aside instead of being dropped stays, also in development', async () => {
  using work = place('notes: { text: t.text(), old: t.text() }')
  await work.ok('migrate', 'make')
  await work.ok('migrate', 'up')
  writeFileSync(join(work.folder, 'notes.csv'), 'text,old\na,b\n')
  await work.ok('import', 'notes', 'notes.csv')
  work.models('notes: { text: t.text() }')
  assert.match(await work.ok('migrate', 'make', '--drop', 'notes.old', '--keep'), /rename notes\.old to _dropped_\d+_old/)
  const dev = work.start({ PORT: '0' }, 'dev')
  await dev.until(/migrated[\s\S]*API/)
  await dev.stop()
  await work.ok('migrate', 'status')
  await work.ok('export', 'notes')
  assert.match(await work.ok('migrate', 'make'), /nothing to write/)
  await work.ok('migrate', 'down')
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(join(work.folder, 'data/app.db'))
  assert.deepEqual({ ...db.prepare('select text, old from notes').get() }, { text: 'a', old: 'b' })
  db.close()
})

test('migrations of two branches are joined where they can be, also in a database that has one of them', async () => {
  using work = place('notes: { text: t.text() }')
  await work.ok('migrate', 'make')
  const branch = async (models: string, name: string): Promise<void> => {
    work.models(models)
    await work.ok('migrate', 'make', name)
  }
  const [first] = work.migrations()
  await branch('notes: { text: t.text(), stars: t.integer().default(0) }', 'stars')
  await work.ok('migrate', 'up')
  // The other branch does not have it yet.
  const stars = work.migrations().at(-1)!
  renameSync(join(work.folder, 'migrations', stars), join(work.folder, stars))
  await branch('notes: { text: t.text() }, tags: { name: t.text() }', 'tags')
  renameSync(join(work.folder, stars), join(work.folder, 'migrations', stars))

  work.models('notes: { text: t.text(), stars: t.integer().default(0) }, tags: { name: t.text() }')
  refused(await work.run('migrate', 'check'), /There are 2 heads/)
  assert.match(await work.ok('migrate', 'make'), /_merge[\s\S]*there is nothing to write/)
  assert.equal(work.migrations()[0], first)
  assert.match(await work.ok('migrate', 'up'), /has 2 migrations more/)
  await work.ok('migrate', 'status')
  await work.ok('migrate', 'check', '--replay')
})

test('an edited file is refused until repair accepts it', async () => {
  using work = place('notes: { text: t.text() }')
  await work.ok('migrate', 'make')
  const file = join(work.folder, 'migrations', work.migrations()[0]!, 'up.sqlite.sql')
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}\n-- step {"says":"own"}\ninsert into notes (id, text, "createdAt", "updatedAt", version) values ('a', 'b', '', '', 1);\n`,
  )
  refused(await work.run('migrate', 'up'), /up\.sqlite\.sql: the file was changed after it was written/)
  refused(await work.run('migrate', 'check'), /was changed after it was written/)
  assert.match(await work.ok('migrate', 'repair', '--files-only'), /are taken as they are now/)
  await work.ok('migrate', 'up')
})

test('tables that were changed by hand are repaired where nothing can be lost', async () => {
  using work = place('notes: { text: t.text().optional(), stars: t.integer().index() }')
  await work.ok('migrate', 'make')
  await work.ok('migrate', 'up')
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(join(work.folder, 'data/app.db'))
  db.exec('alter table notes drop column text; drop index notes__stars__index')
  db.close()
  assert.match(
    await work.ok('migrate', 'repair'),
    /the column notes.text is missing[\s\S]*alter table "notes" add column "text"[\s\S]*repair --apply/i,
  )
  assert.match(await work.ok('migrate', 'repair', '--apply'), /Done/)
  await work.ok('migrate', 'status')
})

test('a database that is there already is taken over, and many migrations become one', async () => {
  using work = place('notes: { text: t.text() }')
  await work.ok('migrate', 'make')
  work.models('notes: { text: t.text(), stars: t.integer().default(0) }')
  await work.ok('migrate', 'make')
  await work.ok('migrate', 'up')
  assert.match(await work.ok('migrate', 'squash'), /_baseline stands for 2 migrations/)
  assert.match(await work.ok('migrate', 'status'), /_baseline\s+done/)
  await work.ok('migrate', 'check', '--replay')
  mkdirSync(join(work.folder, 'other'))
  assert.match((await work.runWith({ DATABASE_URL: 'file:./other/app.db' }, 'migrate', 'up')).out, /_baseline\n[\s\S]*has 1 migration more/)
  assert.match(await work.ok('migrate', 'make', '--empty', 'own'), /_own/)
})

test('a migration that two equal rows refuse leaves nothing under way, and the release before goes on', async () => {
  using work = place('users: { email: t.text({ max: 100 }), secret: t.text({ max: 100 }).default("s").hidden() }')
  await work.ok('migrate', 'make')
  await work.ok('migrate', 'up')
  writeFileSync(join(work.folder, 'users.csv'), 'email\na@b.c\na@b.c\n')
  await work.ok('import', 'users', 'users.csv')
  work.models('users: { email: t.text({ max: 100 }).unique(), secret: t.text({ max: 100 }).default("s").hidden().unique() }')
  await work.ok('migrate', 'make', 'Only one each!')
  const { code, err } = await work.run('migrate', 'up')
  assert.equal(code, 1)
  assert.match(err, /was not begun[\s\S]*email are there twice: 2 rows have 'a@b\.c' \(id '[\w-]+', '[\w-]+'\)[\s\S]*nothing is under way/)
  assert.match(err, /secret are there twice: 2 rows have one value, which is not shown/)
  refused(await work.run('migrate', 'status'), /only_one_each\s+pending/)
  // Reading and looking do not need it.
  const exported = await work.run('export', 'users')
  assert.equal(exported.code, 0)
  assert.match(exported.out, /a@b\.c/)
  assert.match(exported.err, /warning: .*was not begun/)
  assert.match(await work.ok('migrate', 'sql', 'Only one each!', '--dialect', 'postgres'), /create unique index/)
  assert.match(await work.ok('migrate', 'sql', 'only-one-each', '--dialect', 'postgres'), /create unique index/)

  // The release before.
  const folder = join(work.folder, 'migrations')
  renameSync(join(folder, work.migrations().at(-1)!), join(work.folder, 'later'))
  work.models('users: { email: t.text({ max: 100 }), secret: t.text({ max: 100 }).default("s").hidden() }')
  const server = work.start({ SECRET: randomBytes(32).toString('base64'), ORIGINS: 'https://x.example' }, 'start')
  await server.until(/"started"/)
  await server.stop()
})

test('a table whose rows must be put right before it gets a column says so in words, and is read by the version before', async () => {
  using work = place('users: { email: t.text({ max: 100 }) }')
  await work.ok('migrate', 'make')
  await work.ok('migrate', 'up')
  writeFileSync(join(work.folder, 'users.csv'), 'email\na@b.c\na@b.c\n')
  await work.ok('import', 'users', 'users.csv')
  work.models('users: { email: t.text({ max: 100 }).unique(), stars: t.integer().optional() }')
  await work.ok('migrate', 'make', 'stars')
  const { err } = await work.run('migrate', 'up')
  assert.match(err, /correct these rows first \(offstage shell of the version before, or SQL\)/)
  const exported = await work.run('export', 'users')
  assert.equal(exported.code, 1)
  assert.match(
    exported.err,
    /tables_differ The tables are not those of the models: no such column: .*stars\.\n +Write: offstage migrate status/,
  )
  assert.doesNotMatch(exported.err, /\n +at /)
  work.models('users: { email: t.text({ max: 100 }) }')
  assert.match(await work.ok('export', 'users'), /a@b\.c/)
})

test('a column that was added by hand stops nobody in development, and repair takes it away when it may', async () => {
  using work = place('notes: { text: t.text() }')
  writeFileSync(
    join(work.folder, 'app.ts'),
    `import { defineApp, defineModels, t } from 'offstage'
const { models } = defineModels({ users: { email: t.email().unique() }, notes: { text: t.text() } })
for (const model of Object.values(models)) model.access({ read: 'everyone', create: 'everyone' })
export const app = defineApp({ models, login: { password: true }, seed: async ({ sys }) => { await sys.notes.create({ text: 'seeded' }) } })
`,
  )
  await work.ok('export', 'notes')
  const { DatabaseSync } = await import('node:sqlite')
  const file = join(work.folder, 'data/app.db')
  const byHand = (sql: string): void => {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
  }
  byHand('alter table notes add column own text')
  writeFileSync(join(work.folder, 'notes.csv'), 'text\na\n')
  const warned = /warning: The column notes\.own is there, and no migration made it\. offstage migrate repair shows the SQL/
  for (const args of [
    ['seed'],
    ['export', 'notes'],
    ['import', 'notes', 'notes.csv'],
    ['explain', 'anonymous', 'create', 'notes'],
    ['user', 'create', '--email', 'ada@example.com'],
    ['shell'],
  ]) {
    const { code, err, out } = await work.run(...args)
    assert.equal(code, 0, `${args.join(' ')}\n${out}${err}`)
    assert.match(err, warned, args.join(' '))
  }
  byHand(`update notes set own = 'mine' where text = 'a'`)
  const dev = work.start({ PORT: '0' }, 'dev')
  await dev.until(/The column notes\.own is there[\s\S]*API/)
  await dev.stop()

  // A model that wants the name, or a table that is to be built anew, is another matter.
  const app = readFileSync(join(work.folder, 'app.ts'), 'utf8')
  writeFileSync(
    join(work.folder, 'app.ts'),
    app.replace('notes: { text: t.text() }', 'notes: { text: t.text(), own: t.integer().default(0) }'),
  )
  refused(await work.run('seed'), /not as Offstage left them: the column notes\.own is there[\s\S]*offstage migrate repair/)
  assert.match(await work.ok('export', 'users'), /ada@example/)
  writeFileSync(join(work.folder, 'app.ts'), app)

  assert.match(
    await work.ok('migrate', 'repair'),
    /loses 1 value of notes\.own\nALTER TABLE "notes" DROP COLUMN "own";[\s\S]*--apply --allow-destructive/,
  )
  refused(await work.run('migrate', 'repair', '--apply'), /Would be lost: 1 value of notes\.own/)
  assert.match(await work.ok('migrate', 'repair', '--apply', '--allow-destructive'), /The file as it was: .*before-repair[\s\S]*Done\./)
  assert.equal((await work.run('export', 'notes')).err.includes('warning'), false)
  assert.match(await work.ok('migrate', 'repair'), /are those that were made/)
  // What cannot lose anything needs no leave.
  byHand('drop index users__email__unique; alter table notes add column empty text')
  refused(await work.run('seed'), /the index users__email__unique of users is missing/)
  assert.match((await work.run('export', 'users')).err, /users__email__unique of users is missing/)
  assert.match(await work.ok('migrate', 'repair', '--apply'), /Done\./)
})
