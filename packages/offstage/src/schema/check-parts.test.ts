import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declareApp } from './app.ts'
import { check } from './check.ts'
import { createEndpoint, createGroup } from './kit.ts'
import { createModel } from './model.ts'
import type { DeclarationProblem } from './registry.ts'
import { resolve } from './resolve.ts'
import { t } from './t.ts'

function problemsOf(fields: object, endpoints: object): DeclarationProblem[] {
  const notes = createModel(fields)
  notes.access({ read: 'everyone' })
  const app = declareApp({ models: { notes }, endpoints } as never)
  return check(app, resolve(app))
}
const idsOf = (endpoints: object): string[] => problemsOf({ text: t.text() }, endpoints).map(({ id }) => id)

test('what endpoints take and give is made of fields and shapes, at any depth', () => {
  const ids = (spec: object): string[] => idsOf({ a: createEndpoint({ allow: 'everyone', run: () => 1, ...spec } as never) })
  const any = (value: unknown): never => value as never
  const point = t.object({ x: t.integer(), at: t.datetime().default(new Date(0)) })
  assert.deepEqual(
    ids({
      path: '/a/:id',
      params: t.object({ id: t.integer() }),
      query: t.partial({ tag: t.list(t.text()) }),
      input: t.list(point).default([{ x: 1 }]),
      output: { points: t.map(point, { max: 0 }), note: t.ref('notes').optional() },
    }),
    [],
  )
  assert.deepEqual(ids({ input: { a: t.object({ b: t.list(any('text')) }).default(any({})) } }), ['O080'])
  assert.deepEqual(ids({ output: { a: t.many('notes' as never, 'text'), b: t.slug('title'), c: any(undefined) } }), [
    'O080',
    'O080',
    'O080',
  ])
  assert.deepEqual(ids({ input: t.list(t.text(), { min: 3, max: 2 }), output: t.map(t.integer({ min: 2, max: 1 }), { max: 1.5 }) }), [
    'O020',
    'O020',
    'O020',
  ])
  assert.deepEqual(
    ids({ input: { a: point.default(any({ y: 1 })), b: t.list(t.integer()).default(any([1, 'x'])), c: t.text({ max: 1 }).default('xx') } }),
    ['O021', 'O021', 'O021'],
  )
  assert.deepEqual(ids({ input: { a: t.list(t.object({ note: t.ref('ntoes') })), b: t.user() } }), ['O011', 'O011'])
  assert.deepEqual(ids({ query: { a: point, b: t.list(point), c: t.map(t.text()), d: t.list(t.text()) } }), ['O081', 'O081', 'O081'])
  assert.deepEqual(ids({ query: t.list(t.text()) }), ['O081'])
  assert.deepEqual(ids({ query: { a: t.json(), b: t.list(t.json()) } }), ['O081', 'O081'], '`[1]` and `1` would be the same')
  assert.deepEqual(ids({ path: '/a/:id', params: { id: t.json() } }), ['O081'])
  assert.deepEqual(ids({ query: { a: any('text'), b: any(undefined) } }), ['O080', 'O080'])
  assert.deepEqual(ids({ path: '/a/:id', params: { id: t.list(t.text()) } }), ['O081'])
  assert.deepEqual(ids({ path: '/a/:id', params: t.object({ no: t.text() }) }), ['O068'])
  const named = t.object({ x: t.integer() }, { name: 'Point' })
  assert.deepEqual(ids({ input: { a: named.optional(), b: t.list(named) }, output: named }), [], 'the same shape, wherever it is used')
  assert.deepEqual(ids({ input: { a: named, b: t.object({ x: t.integer() }, { name: 'Point' }) } }), ['O083'])
  assert.deepEqual(ids({ input: { a: t.object({}, { name: 'point' }), b: t.partial({}, { name: 'Po-int' }) } }), ['O083', 'O083'])
  assert.deepEqual(ids({ authenticate: false }), [])
  assert.deepEqual(ids({ authenticate: false, allow: 'nobody' }), ['O082'])
  const form = createGroup({ problem: () => new Response(), problemOutput: { errors: any([]) } }, {})
  assert.deepEqual(idsOf({ form }), ['O080'])
})

test('lists and objects are no fields of models, and the check says what to write', () => {
  const [problem] = problemsOf({ text: t.text(), tags: t.list(t.text()) }, {})
  assert.equal(problem?.id, 'O006')
  assert.match(problem.hint, /Write tags: t\.json<\.\.\.>\(\), or a model of their own/)
})
