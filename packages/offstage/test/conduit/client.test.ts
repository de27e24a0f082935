import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectTypeOf } from 'expect-type'
import { createClient } from '../../src/client.ts'
import type { app } from '../../../../examples/conduit/app.ts'
import { openConduit, password, succeeded } from './fixture.ts'

test('the typed client speaks the face of another specification', async () => {
  await using conduit = await openConduit()
  const api = createClient<typeof app>('http://app.test', { fetch: (request) => conduit.test.fetch(request) })
  const { user } = await api.request('POST /api/users', { input: { user: { username: 'ada', email: 'ada@example.com', password } } })
  expectTypeOf(user.token).toEqualTypeOf<string>()
  expectTypeOf(user.bio).toEqualTypeOf<string | null>()
  expectTypeOf<keyof typeof user>().toEqualTypeOf<'username' | 'email' | 'bio' | 'image' | 'token'>()
  const signedIn = { headers: { authorization: `Token ${user.token}` } }

  const article = { title: 'Typed', description: 'd', body: 'b', tagList: ['types'] }
  const made = await api.request('POST /api/articles', { input: { article } }, signedIn)
  assert.deepEqual([made.article.slug, made.article.author.username], ['typed', 'ada'])
  const { articles, articlesCount } = await api.request('GET /api/articles', { query: { tag: 'types', author: null, limit: 5 } }, signedIn)
  expectTypeOf(articlesCount).toEqualTypeOf<number>()
  expectTypeOf(articles[0]!.createdAt).toEqualTypeOf<string>()
  assert.deepEqual([articlesCount, articles[0]?.tagList], [1, ['types']])

  const slug = { params: { slug: 'typed' } }
  await api.request('PUT /api/articles/:slug', { ...slug, input: { article: { body: 'anew' } } }, signedIn)
  assert.equal((await api.request('POST /api/articles/:slug/favorite', slug, signedIn)).article.favoritesCount, 1)
  const { comment } = await api.request('POST /api/articles/:slug/comments', { ...slug, input: { comment: { body: 'Hm.' } } }, signedIn)
  expectTypeOf(comment.id).toEqualTypeOf<number>()
  assert.equal(
    await api.request('DELETE /api/articles/:slug/comments/:id', { params: { slug: 'typed', id: comment.id } }, signedIn),
    undefined,
  )
  assert.deepEqual(await api.request('GET /api/tags'), { tags: ['types'] })
  assert.equal((await api.request('PUT /api/user', { input: { user: { bio: 'Hi.' } } }, signedIn)).user.bio, 'Hi.')

  // @ts-expect-error -- an email is no null
  await assert.rejects(api.request('PUT /api/user', { input: { user: { email: null } } }, signedIn), { status: 422 })
  // @ts-expect-error -- an article has a body
  await assert.rejects(api.request('POST /api/articles', { input: { article: { title: 't', description: 'd' } } }, signedIn), {
    status: 422,
  })

  await assert.rejects(api.request('GET /api/user'), {
    status: 401,
    problem: { title: 'The answer was 401', errors: { token: ['is missing'] } },
  })
  await assert.rejects(api.request('GET /api/articles/:slug', { params: { slug: 'nowhere' } }), { status: 404 })
  assert.equal(succeeded(await conduit.send('GET', '/api/articles/typed')).article.body, 'anew')
})
