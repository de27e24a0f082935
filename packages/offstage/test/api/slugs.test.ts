import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '../../src/client.ts'
import { defineApp, defineModels, t } from '../../src/index.ts'
import { testApp } from '../../src/testing.ts'

const { models } = defineModels({
  posts: { title: t.text({ max: 200 }), slug: t.slug('title', { follow: true }), rank: t.integer().default(0) },
})
models.posts.access({ read: 'everyone', create: 'everyone', update: 'everyone' })
const blog = defineApp({ models, docs: 'everyone' })

test('over HTTP a slug is made, given, refused and found like any value', async () => {
  await using app = await testApp(blog)
  const send = async (method: string, path: string, body?: object): Promise<{ status: number; json: any }> => {
    const answer = await app.fetch(
      new Request(`http://localhost${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    )
    return { status: answer.status, json: await answer.json() }
  }
  const made = await send('POST', '/api/posts', { title: 'Hello, World' })
  assert.deepEqual([made.status, made.json.slug], [201, 'hello-world'])
  assert.equal((await send('POST', '/api/posts', { title: 'Hello World' })).json.slug, 'hello-world-2')
  assert.equal((await send('POST', '/api/posts', { title: 'Other', slug: 'given' })).json.slug, 'given')
  const taken = await send('POST', '/api/posts', { title: 'Other', slug: 'given' })
  assert.deepEqual([taken.status, taken.json.errors[0].path, taken.json.errors[0].code], [409, 'slug', 'taken'])
  const wrong = await send('POST', '/api/posts', { title: 'Other', slug: 'Not One' })
  assert.deepEqual([wrong.status, wrong.json.errors], [422, [{ path: 'slug', code: 'no_match', message: wrong.json.errors[0].message }]])
  assert.match(wrong.json.errors[0].message, /my-first-post/)
  const empty = await send('POST', '/api/posts', {})
  assert.deepEqual(
    empty.json.errors.map(({ path }: any) => path),
    ['title'],
  )
  assert.equal((await send('PATCH', `/api/posts/${made.json.id}`, { title: 'Goodbye' })).json.slug, 'goodbye')
  assert.deepEqual((await send('GET', '/api/posts?slug=goodbye&select=title')).json.data, [{ title: 'Goodbye' }])
  assert.deepEqual((await send('GET', '/api/posts?slug.startsWith=hello&select=slug')).json.data, [{ slug: 'hello-world-2' }])
  const { components } = (await send('GET', '/openapi.json')).json
  const creates: any = Object.entries(components.schemas).find(([name]) => /create/i.test(name))![1]
  assert.deepEqual([creates.required, creates.properties.slug.minLength, creates.properties.slug.maxLength], [['title'], 1, 80])
})

test('the client, make and batches leave the slug to the server', async () => {
  await using app = await testApp(blog)
  const api = createClient<typeof blog>('http://localhost', { fetch: (request) => app.fetch(request) })
  const made = await api.posts.create({ title: 'A title' })
  assert.equal((await api.posts.get({ slug: 'a-title' })).id, made.id)
  assert.equal(await api.posts.updateMany({ slug: 'a-title' }, { title: 'Another' }), 1)
  const post = await api.posts.upsert({ slug: 'another' }, { create: { title: 'x' }, update: { rank: 1 } })
  assert.deepEqual([post.id, post.rank], [made.id, 1])
  assert.equal((await api.posts.upsert({ slug: 'new' }, { create: { title: 'x' }, update: {} })).slug, 'new')
  const rows = [await app.make.posts({ title: 'Same' }), await app.make.posts({ title: 'Same' })]
  assert.deepEqual(
    rows.map(({ slug }) => slug),
    ['same', 'same-2'],
  )
})
