// What the store costs over hand-written statements of node:sqlite on the same file. Rounds take turns, so that a busy machine is
// busy for both. `--quick` takes a few seconds; the figures go to `bench/results/store.json` too.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { defineModels, t } from '../packages/offstage/src/index.ts'
import { createIds } from '../packages/offstage/src/base/ids.ts'
import { follow } from '../packages/offstage/src/migrate/follow.ts'
import type { Row } from '../packages/offstage/src/schema/kind.ts'
import { resolve } from '../packages/offstage/src/schema/resolve.ts'
import { openSqlite } from '../packages/offstage/src/store/sqlite/store.ts'
import type { Include, Query } from '../packages/offstage/src/query/tree.ts'

const quick = process.argv.includes('--quick')
const [rounds, size] = quick ? [3, 5_000] : [9, 20_000]
const { models } = defineModels({
  people: { name: t.text(), email: t.email().unique() },
  posts: {
    title: t.text(),
    body: t.text(),
    views: t.integer().default(0),
    published: t.boolean().default(false),
    price: t.decimal(12, 2).default('0.00'),
    publishedAt: t.datetime().index(),
    author: t.ref('people'),
    comments: t.many('comments', 'post'),
  },
  comments: { text: t.text(), post: t.ref('posts') },
})
const registry = resolve({ models })
const folder = mkdtempSync(join(tmpdir(), 'offstage-bench-'))
const file = join(folder, 'bench.db')
const store = await openSqlite({ registry, file })
await follow(store, registry)
const nextId = createIds()
const own = (i: number): Row => ({
  id: nextId(),
  createdAt: new Date(1.7e12 + i * 60_000).toISOString(),
  updatedAt: new Date(1.7e12 + i * 60_000).toISOString(),
  version: 1,
})
const post = (i: number, author: string): Row => ({
  ...own(i),
  title: `Post "${i}" é`,
  body: 'lorem ipsum dolor sit amet '.repeat(4),
  views: i,
  published: i % 2 === 0,
  price: `${i}.50`,
  publishedAt: new Date(1.7e12 + i * 60_000).toISOString(),
  author,
})

const people = Array.from({ length: 100 }, (_, i): Row => ({ ...own(i), name: `Person ${i}`, email: `p${i}@x.example` }))
const posts = Array.from({ length: size }, (_, i) => post(i, people[i % 100]!['id'] as string))
await store.transaction(
  async (tx) => {
    for (const row of people) await tx.insert('people', row)
    for (const row of posts) await tx.insert('posts', row)
    for (let i = 0; i < size * 2; i++) await tx.insert('comments', { ...own(i), text: `Comment ${i}`, post: posts[i % size]!['id']! })
  },
  { timeout: 60_000 },
)

const fields = [...registry.models.get('posts')!.columns].map((field) => field.name)
const select = fields.map((field) => ({ field }))
const id = { term: { through: [], field: 'id' }, desc: false }
const byId = (value: string): Query => ({
  model: 'posts',
  select,
  include: [],
  where: { is: 'compare', field: 'id', op: 'eq', value },
  sort: [id],
  limit: 1,
  count: false,
})
const newest = (include: readonly Include[] = []): Query => ({
  model: 'posts',
  select,
  include,
  where: { is: 'compare', field: 'published', op: 'eq', value: true },
  sort: [
    { term: { through: [], field: 'publishedAt' }, desc: true },
    { ...id, desc: true },
  ],
  limit: 50,
  count: false,
})
const author: Include = {
  kind: 'one',
  as: 'author',
  field: 'author',
  shape: { model: 'people', select: [{ field: 'id' }, { field: 'name' }], include: [] },
}
const comments: Include = {
  kind: 'many',
  as: 'comments',
  field: 'comments',
  query: {
    model: 'comments',
    select: [{ field: 'id' }, { field: 'text' }],
    include: [],
    where: { is: 'true' },
    sort: [id],
    limit: 5,
    count: false,
  },
}

const raw = new DatabaseSync(file)
raw.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
const prepared = (sql: string): { all(...values: SQLInputValue[]): unknown[][]; run(...values: SQLInputValue[]): unknown } => {
  const statement = raw.prepare(sql)
  statement.setReturnArrays(true)
  return statement as never
}
const columns = 'id, createdAt, updatedAt, version, title, body, views, published, cast(price as text), publishedAt, author'
const rawById = prepared(`select ${columns} from posts where id = ?`)
const rawList = prepared(`select ${columns} from posts where published = 1 order by publishedAt desc, id desc limit 51`)
const rawJoin = prepared(
  `select ${columns
    .split(', ')
    .map((name) => (name.startsWith('cast') ? 'cast(p.price as text)' : `p.${name}`))
    .join(
      ', ',
    )}, a.id, a.name, (select json_group_array(json_object('id', c.id, 'text', c.text)) from (select id, text from comments where post = p.id order by id limit 5) c) from posts p join people a on a.id = p.author where published = 1 order by publishedAt desc, p.id desc limit 51`,
)
const rawInsert = prepared(`insert into posts values (${fields.map(() => '?').join(', ')})`)
const row = (v: readonly unknown[]): object => ({
  id: v[0],
  createdAt: v[1],
  updatedAt: v[2],
  version: v[3],
  title: v[4],
  body: v[5],
  views: v[6],
  published: v[7] === 1,
  price: String(v[8]),
  publishedAt: v[9],
  author: v[10],
})
const values = (r: Row): SQLInputValue[] =>
  fields.map((field) =>
    field === 'price' ? Math.round(Number(r[field]) * 100) : field === 'published' ? Number(r[field]) : (r[field] as string | number),
  )

let turn = 0
const anyId = (): string => posts[(turn = (turn + 7_919) % size)]!['id'] as string
const writes =
  (waiting: number) =>
  async (times: number): Promise<void> => {
    let left = times
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        const made = post(left, people[0]!['id'] as string)
        await store.transaction((tx) => tx.insert('posts', made))
      }
    }
    await Promise.all(Array.from({ length: waiting }, one))
  }

interface Contest {
  readonly name: string
  readonly times: number
  readonly ours: (times: number) => Promise<void>
  readonly limit: (times: number) => void
}
const repeat =
  (run: () => Promise<unknown>) =>
  async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await run()
  }
const loop =
  (run: () => unknown) =>
  (times: number): void => {
    for (let i = 0; i < times; i++) run()
  }
const rawWrite = loop(() => rawInsert.run(...values(post(1, people[0]!['id'] as string))))
const contests: Contest[] = [
  {
    name: 'read by id, object',
    times: 5_000,
    ours: repeat(() => store.list(byId(anyId()))),
    limit: loop(() => rawById.all(anyId()).map(row)),
  },
  {
    name: 'read by id, text',
    times: 5_000,
    ours: repeat(() => store.listText(byId(anyId()))),
    limit: loop(() => JSON.stringify(rawById.all(anyId()).map(row))),
  },
  { name: 'list of 50, objects', times: 500, ours: repeat(() => store.list(newest())), limit: loop(() => rawList.all().map(row)) },
  {
    name: 'list of 50, text',
    times: 500,
    ours: repeat(() => store.listText(newest())),
    limit: loop(() => JSON.stringify(rawList.all().map(row))),
  },
  {
    name: 'list of 50 with includes, text',
    times: 200,
    ours: repeat(() => store.listText(newest([author, comments]))),
    limit: loop(() =>
      JSON.stringify(rawJoin.all().map((v) => ({ ...row(v), author: { id: v[11], name: v[12] }, comments: JSON.parse(v[13] as string) }))),
    ),
  },
  { name: 'insert, 1 waiting', times: 300, ours: writes(1), limit: rawWrite },
  { name: 'insert, 8 waiting', times: 1_000, ours: writes(8), limit: rawWrite },
  { name: 'insert, 32 waiting', times: 2_000, ours: writes(32), limit: rawWrite },
]

const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
const results = []
console.log(`${'us each'.padEnd(34)}${'ours'.padStart(9)}${'raw'.padStart(9)}${'over'.padStart(9)}${'ratio'.padStart(9)}`)
for (const { name, times, ours, limit } of contests) {
  const [a, b]: [number[], number[]] = [[], []]
  for (let i = -1; i < rounds; i++) {
    const start = performance.now()
    await ours(times)
    const middle = performance.now()
    limit(times)
    if (i < 0) continue
    a.push(((middle - start) * 1_000) / times)
    b.push(((performance.now() - middle) * 1_000) / times)
  }
  const [mine, theirs] = [median(a), median(b)]
  results.push({ name, ours: mine, raw: theirs, spread: [Math.min(...a), Math.max(...a)] })
  console.log(
    `${name.padEnd(34)}${mine.toFixed(1).padStart(9)}${theirs.toFixed(1).padStart(9)}${(mine - theirs).toFixed(1).padStart(9)}${(theirs / mine).toFixed(2).padStart(9)}`,
  )
}
await store.close()
raw.close()
rmSync(folder, { recursive: true })
const output = new URL('results/', import.meta.url)
mkdirSync(output, { recursive: true })
writeFileSync(
  new URL('store.json', output),
  `${JSON.stringify({ node: process.version, at: new Date().toISOString(), results }, null, 2)}\n`,
)
