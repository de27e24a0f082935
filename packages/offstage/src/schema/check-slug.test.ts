import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declareApp } from './app.ts'
import { check } from './check.ts'
import { createModel } from './model.ts'
import { resolve } from './resolve.ts'
import { t } from './t.ts'

const problemsOf = (fields: object): string[] => {
  const notes = createModel(fields)
  notes.access({ read: 'everyone' })
  const app = declareApp({ models: { notes } } as never)
  return check(app, resolve(app)).map(({ id, message }) => `${id} ${/notes\.(\w+)/.exec(message)?.[1]}`)
}

test('a slug is made of a text of its model, which whoever sees the slug may read', () => {
  const title = t.text()
  const secret = t.text().hidden()
  const diary = t.text().readable({ title: 'x' })
  assert.deepEqual(problemsOf({ title, slug: t.slug('title'), other: t.slug('title', { follow: true, max: 768 }).optional() }), [])
  assert.deepEqual(problemsOf({ secret, slug: t.slug('secret').hidden() }), [])
  assert.deepEqual(problemsOf({ title, diary, slug: t.slug('diary').readable({ title: 'x' }) }), [])
  for (const fields of [
    { title, slug: t.slug('titel') },
    { views: t.integer(), slug: t.slug('views') },
    { slug: t.slug('slug') },
    { secret, slug: t.slug('secret') },
    { title, diary, slug: t.slug('diary') },
    { title, slug: t.slug('title', { max: 15 }) },
    { title, slug: t.slug('title', { max: 20.5 }) },
    { title, slug: t.slug('title').default('x') },
  ])
    assert.deepEqual(problemsOf(fields), ['O024 slug'])
  assert.deepEqual(problemsOf({ title, slug: t.slug('title', { max: 769 }) }), ['O030 slug'])
})
