import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { counted } from '../statements.ts'
import { crowd } from '../retrying.ts'
import { openModels, paths, refusal, type DataTest } from './fixture.ts'

const models = () => ({
  users: { name: t.text(), posts: t.many('posts', 'author') },
  posts: { title: t.text(), slug: t.slug('title'), author: t.ref('users').optional() },
  pages: { title: t.text({ min: 1 }), slug: t.slug('title', { follow: true, max: 20 }) },
  notes: { text: t.text().optional(), slug: t.slug('text') },
})

const open = (declare?: (kit: any) => void): Promise<DataTest> =>
  openModels(models(), (kit) => {
    for (const model of Object.values<any>(kit.models)) model.access({ read: 'everyone', create: 'everyone', update: 'everyone' })
    declare?.(kit)
  })

test('a slug is made of the other field, and the next row of the same title gets the next number', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const made = async (title: string): Promise<string> => (await db.posts.create({ title })).slug
  assert.equal(await made('Hello, World!'), 'hello-world')
  assert.equal(await made('Hello World'), 'hello-world-2')
  assert.equal(await made('hello world?'), 'hello-world-3')
  assert.equal(await made('Hello world, again'), 'hello-world-again')
  await app.sys['posts'].delete({ slug: 'hello-world-2' })
  assert.equal(await made('Hello World'), 'hello-world-2')
  assert.equal(await made('Hello World 2'), 'hello-world-2-2')
  assert.match(await made('?!'), /^[0-9a-f]{10}$/)
  assert.match((await db.notes.create({})).slug, /^[0-9a-f]{10}$/)
})

test('a given slug stands, is checked for its form, and is refused where another row has it', async () => {
  await using app = await open()
  const db = app.as(null) as any
  assert.equal((await db.posts.create({ title: 'One', slug: 'eins' })).slug, 'eins')
  assert.deepEqual(paths(await refusal(db.posts.create({ title: 'Two', slug: 'eins' }), 'conflict')), ['slug'])
  assert.deepEqual(paths(await refusal(db.posts.create({ title: 'Two', slug: 'No Slug' }), 'invalid_values')), ['slug'])
  assert.deepEqual(paths(await refusal(db.posts.create({}), 'invalid_values')), ['title'])
  assert.equal((await db.posts.update({ slug: 'eins' }, { slug: 'uno' })).slug, 'uno')
})

test('a new title leaves the slug as it was, or takes it along where it follows', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const post = await db.posts.create({ title: 'One' })
  assert.equal((await db.posts.update(post.id, { title: 'Two' })).slug, 'one')
  const page = await db.pages.create({ title: 'One' })
  const other = await db.pages.create({ title: 'One' })
  assert.equal((await db.pages.update(page.id, { title: 'ONE!' })).slug, 'one')
  assert.equal((await db.pages.update(page.id, { title: 'Two' })).slug, 'two')
  assert.equal((await db.pages.update(other.id, { title: 'Two' })).slug, 'two-2')
  // The number is its own: it need not make room for itself.
  assert.equal((await db.pages.update(other.id, { title: 'Two 2' })).slug, 'two-2')
  assert.equal((await db.pages.update(page.id, { title: 'Three', slug: 'drei' })).slug, 'drei')
  assert.equal((await db.pages.update(page.id, { title: 'Four', slug: 'drei' })).slug, 'four')
  assert.equal(await db.pages.updateMany({ title: { not: '' } }, { title: 'All' }), 2)
  assert.deepEqual(
    (await db.pages.list({ sort: 'slug' })).data.map((row: any) => row.slug),
    ['all', 'all-2'],
  )
})

test('who may not write a slug has it made all the same, and taken along', async () => {
  await using app = await openModels({ pages: { title: t.text(), slug: t.slug('title', { follow: true }).writable('nobody') } }, (kit) => {
    kit.models.pages.access({ read: 'everyone', create: 'everyone', update: 'everyone' })
  })
  const db = app.as(null) as any
  const page = await db.pages.create({ title: 'One' })
  assert.equal(page.slug, 'one')
  assert.equal((await db.pages.update(page.id, { title: 'Two' })).slug, 'two')
  await refusal(db.pages.create({ title: 'Three', slug: 'drei' }), 'forbidden')
  await refusal(db.pages.update(page.id, { slug: 'drei' }), 'forbidden')
  assert.equal((await db.pages.get(page.id)).slug, 'two')
})

test('slugs are made in nested rows, upserts and transactions, and undone with them', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const user = await db.users.create({
    name: 'Ada',
    posts: { create: [{ title: 'Same' }, { title: 'Same' }, { title: 'Same', slug: 'own' }] },
  })
  const slugs = async (): Promise<string[]> => (await db.posts.list({ sort: 'slug' })).data.map((row: any) => row.slug)
  assert.deepEqual(await slugs(), ['own', 'same', 'same-2'])
  await refusal(
    db.transaction(async (tx: any) => {
      assert.equal((await tx.posts.create({ title: 'Same', author: user.id })).slug, 'same-3')
      await tx.posts.create({ title: '', slug: 'own' })
    }),
    'conflict',
  )
  assert.deepEqual(await slugs(), ['own', 'same', 'same-2'])
  assert.equal((await db.posts.upsert({ slug: 'new' }, { create: { title: 'Same' }, update: {} })).title, 'Same')
})

test('hooks see the slug, and may write their own or another title', async () => {
  const seen: string[] = []
  await using app = await open(({ models }) => {
    models.posts.on('creating', ({ row }: any) => {
      seen.push(row.slug)
      if (row.title === 'slug') return { slug: 'of-a-hook' }
      return row.title === 'title' ? { title: 'Another title' } : undefined
    })
    models.pages.on('updating', ({ row }: any) => ({ title: `${row.title} changed` }))
  })
  const db = app.as(null) as any
  assert.equal((await db.posts.create({ title: 'slug' })).slug, 'of-a-hook')
  assert.equal((await db.posts.create({ title: 'title' })).slug, 'another-title')
  assert.deepEqual(seen, ['slug', 'title'])
  const page = await db.pages.create({ title: 'A' })
  assert.equal((await db.pages.update(page.id, { title: 'B' })).slug, 'b-changed')
})

test('a long title is cut, and cut once more for its number', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const made = async (title: string): Promise<string> => (await db.pages.create({ title })).slug
  assert.equal(await made('a title that is far too long'), 'a-title-that-is-far')
  assert.equal(await made('a title that is far too long'), 'a-title-that-is-2')
  assert.equal(await made('x'.repeat(30)), 'x'.repeat(20))
  assert.equal(await made('x'.repeat(30)), `${'x'.repeat(18)}-2`)
})

test('the number behind many is found in a few statements', async () => {
  await using app = await open()
  await app.sys['transaction'](
    async (tx: any) => {
      for (let i = 0; i < 3_000; i++) await tx.posts.create({ title: 'Same', slug: i === 0 ? 'same' : `same-${i + 1}` }, { return: 'none' })
    },
    { timeout: 60_000 },
  )
  const db = app.as(null) as any
  const { value, statements } = await counted(() => db.posts.create({ title: 'Same' }, { return: 'none' }))
  assert.equal(value, undefined)
  assert.ok(statements.length <= 8, statements.join('\n'))
  assert.equal((await db.posts.create({ title: 'Same' })).slug, 'same-3002')
})

test('20 who make the same slug at once all get one of their own', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const wave = async (): Promise<string[]> =>
    (await Promise.all(crowd<any>(20, () => db.posts.create({ title: 'Same' })))).map((row) => row.slug)
  const slugs = [...(await wave()), ...(await wave())]
  assert.equal(new Set(slugs).size, 40)
  for (const slug of slugs) assert.match(slug, /^same(-\d+)?$/)
})

test('20 who follow to the same slug at once all get one of their own', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const ids: string[] = []
  for (let i = 0; i < 20; i++) ids.push((await db.pages.create({ title: `Page ${i}` })).id)
  const rows = await Promise.all(crowd<any>(20, (i) => db.pages.update(ids[i], { title: 'Same' })))
  assert.equal(new Set(rows.map((row) => row.slug)).size, 20)
})

test('one who makes a slug and one who gives it at once do not hinder each other for long', async () => {
  await using app = await open()
  const db = app.as(null) as any
  const outcomes = await Promise.allSettled(
    crowd(12, (i) => (i % 2 ? db.posts.create({ title: 'Same' }) : db.posts.create({ title: 'x', slug: `same-${i}` }))),
  )
  // Only what was given can be taken.
  for (const [i, outcome] of outcomes.entries()) if (i % 2) assert.equal(outcome.status, 'fulfilled', String((outcome as any).reason))
})
