import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace, type Workplace } from './offstage.ts'

/** A database of the notes app with its seed. */
async function seeded(): Promise<Workplace> {
  const place = workplace('notes')
  assert.equal((await place.run('reset', '.')).code, 0)
  return place
}
const users = async (place: Workplace): Promise<any[]> => JSON.parse((await place.run('export', 'users')).out)

test('seed fills an empty database once; reset builds it anew', async () => {
  using place = workplace('notes')
  assert.match((await place.run('seed', '.')).out, /Seeded data\/app\.db/)
  const again = await place.run('seed', '.')
  assert.equal(again.code, 1)
  assert.match(again.err, /has rows already[\s\S]*offstage reset/)
  const [first] = await users(place)
  assert.match((await place.run('reset', '.')).out, /is new and seeded/)
  assert.notEqual((await users(place))[0].id, first.id)
})

test('user create makes an administrator; a made password is shown once, and a login taken is refused', async () => {
  using place = await seeded()
  const made = await place.run('user', 'create', '--email', 'root@example.com', '--set', 'role=admin', 'name=Root')
  assert.equal(made.code, 0, made.err)
  assert.match(made.out, /password: \S{20}/)
  assert.deepEqual((await users(place)).find((user) => user.email === 'root@example.com').role, 'admin')
  const twice = await place.run('user', 'create', '--email', 'ROOT@example.com', '--set', 'name=Root')
  assert.equal(twice.code, 1)
  assert.match(twice.err, /conflict/)
  assert.match((await place.run('user', 'create', '--email', 'x@example.com', '--set', 'rank=admin')).err, /field of users/)
})

test('import takes csv, json and ndjson, and what is exported can be imported again', async () => {
  using place = await seeded()
  writeFileSync(join(place.folder, 'a.csv'), 'name,email,role\n"Grace, H.",grace@example.com,member\nLin,lin@example.com,\n')
  writeFileSync(join(place.folder, 'b.json'), JSON.stringify([{ name: 'Kay', email: 'kay@example.com' }]))
  writeFileSync(join(place.folder, 'c.ndjson'), '{"name":"Tim","email":"tim@example.com"}\n')
  for (const [file, rows] of [
    ['a.csv', 2],
    ['b.json', 1],
    ['c.ndjson', 1],
  ] as const) {
    const ran = await place.run('import', 'users', file)
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.out, new RegExp(`^${rows} rows? of users imported`))
  }
  const all = await users(place)
  assert.deepEqual(
    all.map((user) => user.name),
    ['Ada', 'Grace, H.', 'Lin', 'Kay', 'Tim'],
  )
  for (const format of ['csv', 'json', 'ndjson']) {
    assert.equal((await place.run('export', 'users', '--out', `users.${format}`)).code, 0)
    using other = workplace('notes')
    writeFileSync(join(other.folder, `users.${format}`), readFileSync(join(place.folder, `users.${format}`)))
    const ran = await other.run('import', 'users', `users.${format}`)
    assert.equal(ran.code, 0, ran.err)
    assert.deepEqual(await users(other), all, format)
  }
})

test('an import with a bad line reports every one and leaves nothing; a dry run leaves nothing either; a batch is whole', async () => {
  using place = await seeded()
  const lines = [
    'name,email,role',
    'Ok,ok@example.com,member',
    'Bad,not-an-address,member',
    'Ada2,ada@example.com,member',
    'Odd,odd@example.com,king',
    'Fine,fine@example.com,member',
  ]
  writeFileSync(join(place.folder, 'users.csv'), `${lines.join('\n')}\n`)
  const refused = await place.run('import', 'users', 'users.csv')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /users\.csv:3 email /)
  assert.match(refused.err, /users\.csv:4 email /)
  assert.match(refused.err, /users\.csv:5 role /)
  assert.match(refused.out, /3 of 5 rows were refused; nothing was written/)
  assert.equal((await users(place)).length, 1)

  writeFileSync(join(place.folder, 'fine.csv'), 'name,email\nA,a@example.com\nB,b@example.com\n')
  assert.match((await place.run('import', 'users', 'fine.csv', '--dry-run')).out, /2 rows of users would go in; nothing was written/)
  assert.equal((await users(place)).length, 1)

  const batched = await place.run('import', 'users', 'users.csv', '--batch', '1')
  assert.equal(batched.code, 1)
  assert.match(batched.out, /1 row is in, up to line 2/)
  assert.equal((await users(place)).length, 2)
})

test('F9 exported csv neutralises formulas', async () => {
  using place = await seeded()
  writeFileSync(join(place.folder, 'users.json'), JSON.stringify([{ name: '=HYPERLINK("x")', email: 'f@example.com' }]))
  await place.run('import', 'users', 'users.json')
  assert.match((await place.run('export', 'users', '--format', 'csv')).out, /"'=HYPERLINK\(""x""\)"/)
})

test('explain and access say what the rules say', async () => {
  using place = await seeded()
  const [note] = JSON.parse((await place.run('export', 'notes')).out)
  await place.run('user', 'create', '--email', 'bob@example.com', '--set', 'name=Bob')
  assert.match(
    (await place.run('explain', 'ada@example.com', 'update', `notes/${note.id}`)).out,
    /ada@example\.com may update[\s\S]*true +owner/,
  )
  const bob = (await place.run('explain', 'bob@example.com', 'read', `notes/${note.id}`)).out
  assert.match(bob, /bob@example\.com may not read/)
  assert.match(bob, /false +owner/)
  assert.match((await place.run('explain', 'anonymous', 'create', 'notes')).out, /A stranger may not create/)
  assert.match((await place.run('access', '.')).out, /^read +signed in +owner is the caller\n +users where role is admin +every row$/m)
  assert.match((await place.run('routes', '.')).out, /GET +\/api\/notes\/:id/)
  assert.match((await place.run('config', '.')).out, /SECRET +•+/)
})

const team = `import { defineApp, defineModels, t } from 'offstage'
const { models, me } = defineModels({
  users: { email: t.email().unique().readable({ id: t.me }), role: t.enum('member', 'admin').default('member').writable('nobody') },
  tasks: { text: t.text(), owner: t.user(), open: t.boolean().default(true) },
})
models.users.access({ read: 'signed-in' })
models.tasks.access({ read: [{ owner: me }, { open: true }], update: { owner: me }, updateTo: [{ owner: me }, { open: false }] })
export const app = defineApp({ models, login: { password: true }, env: { API_KEY: t.text() } })
`

test('looking at an app needs none of its variables, and config names the missing one among the others', async () => {
  using place = workplace()
  writeFileSync(join(place.folder, 'app.ts'), team)
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  const { out } = await place.run('access', '.')
  assert.match(
    out,
    /^update +signed in +owner is the caller\nupdate to +signed in +open is false\n +signed in +owner is the caller\ndelete +nobody$/m,
    'what read adds to update is not said twice',
  )
  assert.match(out, /^see email +signed in +id is the caller$/m)
  const before = await place.run('access', '--out', 'access.md')
  assert.match(before.out, /Wrote access\.md\./)
  assert.match((await place.run('check', '.')).out, /No problems\./)
  writeFileSync(join(place.folder, 'app.ts'), team.replace("read: 'signed-in'", "read: 'everyone'"))
  const stale = await place.run('check', '.')
  assert.equal(stale.code, 1)
  assert.match(stale.err, /O105 access\.md does not say[\s\S]*offstage access --out access\.md/)
  await place.run('access', '--out', 'access.md')
  assert.match(readFileSync(join(place.folder, 'access.md'), 'utf8'), /\| read \| everyone \| every row \|/)
  assert.match((await place.run('routes', '.')).out, /GET +\/api\/tasks\/:id/)
  assert.ok(!existsSync(join(place.folder, 'data')), 'nothing was made')
  const config = await place.run('config', '.')
  assert.equal(config.code, 1)
  assert.match(config.out, /API_KEY +not set/)
  assert.match(config.err, /API_KEY is not set/)
})

test('a model whose file nobody imports is reported', async () => {
  using place = workplace('shop')
  writeFileSync(
    join(place.folder, 'models/wishes.ts'),
    "import { model, t } from '../kit.ts'\n\nexport const wishes = model({ text: t.text() })\n",
  )
  const { code, err } = await place.run('check', '.')
  assert.equal(code, 0, err)
  assert.match(err, /O071 wishes stands in the models folder[\s\S]*models\/wishes\.ts:3[\s\S]*export \{ wishes \} from '\.\/wishes\.ts'/)
})

test('what a person types wrongly is answered with a sentence, without the way through files of Offstage', async () => {
  using place = await seeded()
  const wrong = async (pattern: RegExp, ...args: string[]): Promise<void> => {
    const { code, err } = await place.run(...args)
    assert.equal(code, 1)
    assert.match(err, pattern)
    assert.doesNotMatch(err, /node:|src\//)
  }
  await wrong(/role Expected one of/, 'user', 'create', '--email', 'x@example.com', '--set', 'name=X', 'role=king')
  await wrong(/This value is taken/, 'user', 'create', '--email', 'ada@example.com', '--set', 'name=X')
  await wrong(/There is no file none\.csv/, 'import', 'users', 'none.csv')
  writeFileSync(join(place.folder, 'users.json'), '[{"name":"A","email":"a@example.com"},{"name":"B","email":"b"}]')
  await wrong(/users\.json:1 element 2 email/, 'import', 'users', 'users.json')
})
