import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blog } from '../../test/fixture/blog/app.ts'
import { app as notes } from '../../../../examples/notes/app.ts'
import { declareApp, defineModels, type AppDeclaration } from './app.ts'
import { check } from './check.ts'
import { routedEndpoints } from './check-endpoints.ts'
import { createEndpoint, createGroup } from './kit.ts'
import { me, meCondition, mePath } from './me.ts'
import { createModel, type ModelNode } from './model.ts'
import { resolve } from './resolve.ts'
import { t } from './t.ts'

const declared = (app: unknown): AppDeclaration => app as AppDeclaration
const problemsOf = (models: Record<string, unknown>, rest: object = {}): string[] => {
  const app = declareApp({ models, ...rest } as never)
  return check(app, resolve(app)).map(({ id }) => id)
}
const open = (fields: object, options: object = {}): ModelNode => {
  const model = createModel(fields, options)
  model.access({ read: 'everyone' })
  return model
}
const users = (): ModelNode => open({ name: t.text(), email: t.email().unique(), team: t.text().optional() })

test('the apps of the design have no problems', () => {
  for (const app of [blog, notes]) assert.deepEqual(check(declared(app), resolve(declared(app))), [])
})

test('a declaration is resolved with every default filled in', () => {
  const { models, user, referrers } = resolve(declared(notes))
  const model = models.get('notes')!
  assert.equal(user, models.get('users'))
  assert.deepEqual([...model.fields.keys()], ['id', 'createdAt', 'updatedAt', 'version', 'text', 'done', 'due', 'owner'])
  assert.equal(model.columns[0]!.name, 'id')
  assert.equal(model.table, 'notes')
  const owner = model.fields.get('owner')!
  assert.deepEqual([owner.target, owner.default, owner.onDelete, owner.index], ['users', { me: [] }, 'restrict', true])
  assert.deepEqual(model.fields.get('done')!.default, { value: false })
  assert.equal(models.get('users')!.fields.get('name')!.options['max'], 65_536)
  assert.deepEqual(models.get('users')!.unique, [['email']])
  assert.deepEqual(
    referrers.get('users')!.map((field) => `${field.model}.${field.name}`),
    ['notes.owner'],
  )
  assert.match(model.place!, /examples[\\/]notes[\\/]app\.ts:5$/)
  assert.match(model.rulePlace!, /examples[\\/]notes[\\/]app\.ts:10$/)
})

test('many to many goes by the two references of the model between', () => {
  const { models } = resolve(declared(blog))
  const tags = models.get('posts')!.fields.get('tags')!
  assert.deepEqual([tags.target, tags.through, tags.via, tags.to], ['tags', 'postTags', 'post', 'tag'])
  const posts = models.get('tags')!.fields.get('posts')!
  assert.deepEqual([posts.target, posts.through, posts.via, posts.to], ['posts', 'postTags', 'tag', 'post'])
})

test('adopted tables say which own fields they have, and references take the form of their ids', () => {
  const app = declareApp({
    models: {
      old: open(
        { name: t.text().column('NAME') },
        { table: 'OLD', own: { id: t.serial().column('ID'), createdAt: false, updatedAt: false, version: false } },
      ),
      news: open({ old: t.ref('old') }),
    },
  } as never)
  const { models } = resolve(app)
  assert.deepEqual(
    models.get('old')!.columns.map(({ name, column, kind }) => [name, column, kind.storage]),
    [
      ['id', 'ID', 'integer'],
      ['name', 'NAME', 'text'],
    ],
  )
  assert.equal(models.get('news')!.fields.get('old')!.kind.storage, 'integer')
  assert.deepEqual(check(app, resolve(app)), [])
})

test('models of Offstage itself have no API and no rules', () => {
  const { models } = resolve(declared(notes), { system: { sessions: createModel({ user: t.user(), hash: t.text().unique() }) } })
  const sessions = models.get('sessions')!
  assert.ok(sessions.system && sessions.api.size === 0 && sessions.fields.get('hash')!.options['max'] === 255)
})

test('`me` is told apart from everything else', () => {
  assert.deepEqual(
    [mePath(me), mePath(me['id']), mePath(me['team']), mePath({ me: [] }), mePath('me')],
    [[], [], ['team'], undefined, undefined],
  )
  assert.deepEqual(meCondition(me.is({ role: 'admin' }))!.filter, { role: 'admin' })
  assert.equal(meCondition({ filter: {} }), undefined)
  assert.match(meCondition(me.is({}))!.place, /schema\.test\.ts:\d+$/)
})

test('names that mean something else are refused', () => {
  assert.deepEqual(problemsOf({ Users: open({}), system: open({}), constructor: open({}) }), ['O003', 'O004', 'O004'])
  assert.deepEqual(
    problemsOf({ notes: open({ Text: t.text(), or: t.text(), createdAt: t.date(), toString: t.text(), eq: t.integer() }) }),
    ['O007', 'O008', 'O009', 'O008', 'O008'],
  )
  assert.deepEqual(problemsOf({ notes: open({ text: 'text' }), what: 1 }), ['O006', 'O001'])
  const twin = open({ a: t.text() })
  assert.deepEqual(problemsOf({ a: twin, b: twin }), ['O002'])
})

test('what differs by case alone is refused, for databases that do not tell it apart', () => {
  assert.deepEqual(problemsOf({ notes: open({ text: t.text(), teXt: t.text() }), others: open({}, { table: 'Notes' }) }), ['O046', 'O045'])
  assert.deepEqual(problemsOf({ notes: open({ text: t.text().column('a"b') }, { table: 'x'.repeat(64) }) }), ['O047', 'O047'])
})

test('references and lists must find each other', () => {
  assert.deepEqual(problemsOf({ notes: open({ owner: t.user(), tag: t.ref('tgas'), tags: t.many('tgas', 'note') }), tags: open({}) }), [
    'O010',
    'O011',
    'O012',
  ])
  assert.deepEqual(
    problemsOf({
      notes: open({ tags: t.many('tags', 'note'), more: t.many('tags', 'text'), open: t.many('tags') }),
      tags: open({ note: t.ref('notes'), text: t.text() }),
    }),
    ['O016', 'O015'],
  )
  assert.deepEqual(
    problemsOf({
      notes: open({ tags: t.many('tags').through('noteTags'), bags: t.many('tags').through('bags') }),
      tags: open({}),
      noteTags: open({ note: t.ref('notes') }),
    }),
    ['O014', 'O013'],
  )
  assert.deepEqual(problemsOf({ notes: open({ next: t.ref('notes').onDelete('clear') }) }), ['O033'])
})

test('defaults and limits must fit', () => {
  assert.deepEqual(
    problemsOf({
      notes: open({
        kind: t.enum('a', 'b').default('c' as 'a'),
        n: t.integer({ min: 1 }).default(0),
        s: t.text().default(1 as never),
        z: t.text().default(null as never),
        d: t.date().default('2026-02-30'),
      }),
    }),
    ['O021', 'O021', 'O021', 'O021', 'O021'],
  )
  assert.deepEqual(
    problemsOf({
      notes: open({
        a: t.text({ min: 5, max: 2 }),
        b: t.decimal(20, 2),
        c: t.decimal(5, 2, { min: '0.001' }),
        d: t.enum('x', 'x'),
        e: t.integer({ min: '1' as never }),
      }),
    }),
    ['O020', 'O020', 'O020', 'O020', 'O020'],
  )
  assert.deepEqual(
    problemsOf({
      users: users(),
      notes: open({
        a: t.ref('notes').default(me),
        b: t.text().default(t.me['nme']),
        c: t.text().default(t.me['team']),
        d: t.integer().default(t.me['team']),
      }),
    }),
    ['O023', 'O022', 'O023'],
  )
})

test('modifiers that cannot work together are refused', () => {
  assert.deepEqual(
    problemsOf({
      notes: open({
        a: t.text({ max: 5000 }).unique(),
        b: t.json().index(),
        c: t.integer().searchable.call(t.integer() as never),
        d: t.text().searchable().readable('signed-in'),
        e: t.text().searchable().hidden(),
        f: t.text().renamedFrom('e'),
      }),
    }),
    ['O030', 'O031', 'O032', 'O034', 'O035', 'O036'],
  )
  const searched = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, t.text().searchable()]))
  assert.deepEqual(problemsOf({ notes: open(searched(10)), letters: open(searched(11)) }), ['O049'])
  assert.deepEqual(
    problemsOf({
      notes: open({
        a: t.enum('a', 'b').renamedChoices({ old: 'a', older: 'a' }),
        b: t.enum('a', 'b').renamedChoices({ a: 'b' }),
        c: t.enum('a', 'b').renamedChoices({ old: 'c' as 'a' }),
        d: t.text().renamedChoices.call(t.text() as never, { old: 'a' } as never),
      }),
      letters: open({}, { renamedFrom: 'Notes' }),
      papers: open({}, { renamedFrom: 'leaves' }),
    }),
    ['O037', 'O037', 'O037', 'O048'],
  )
  assert.deepEqual(problemsOf({ notes: open({ a: t.text(), b: t.json() }, { unique: [['a', 'b']], index: [['x'], []], api: ['lst'] }) }), [
    'O040',
    'O040',
    'O041',
    'O042',
  ])
})

test('a model that nobody can use is a warning, and unknown actions and events are errors', () => {
  assert.deepEqual(problemsOf({ notes: createModel({ a: t.text() }), inner: createModel({}, { api: [] }) }), ['O070'])
  const odd = createModel({})
  odd.access({ raed: 'everyone' } as never)
  odd.on('saved' as never, () => {})
  assert.deepEqual(problemsOf({ odd }), ['O043', 'O044'])
})

test('a login needs a user model with one required, unique email', () => {
  const login = { password: true }
  assert.deepEqual(problemsOf({ notes: open({}) }, { login }), ['O051'])
  assert.deepEqual(problemsOf({ notes: open({}) }, { user: 'people', login }), ['O050'])
  assert.deepEqual(problemsOf({ users: open({ email: t.email() }) }, { login }), ['O052'])
  assert.deepEqual(problemsOf({ users: open({ email: t.email().unique(), other: t.email().unique() }) }, { login }), ['O053'])
})

const run = (): number => 1
test('endpoints must not meet each other, nor the routes of models', () => {
  const at = (spec: object): unknown => createEndpoint({ allow: 'everyone', run, ...spec } as never)
  const ids = (endpoints: object): string[] => problemsOf({ notes: open({}, { api: ['list'] }) }, { endpoints })
  assert.deepEqual(ids({ a: at({ path: '/x/:id', params: { id: t.text() } }), b: at({ path: '/x/:name', params: { name: t.text() } }) }), [
    'O062',
  ])
  assert.deepEqual(
    ids({
      a: at({ method: 'GET', path: '/api/notes' }),
      b: at({ path: '/api/notes' }),
      c: at({ path: '/api/auth/sign-in' }),
      d: at({ path: '/docs' }),
      e: at({ method: 'GET', path: '/problems/:name', params: { name: t.text() } }),
      f: at({ method: 'GET', path: '/problems/not_found' }),
      g: at({ path: '/readyz/deep' }),
    }),
    ['O069', 'O069', 'O069', 'O069', 'O069', 'O069'],
  )
  assert.deepEqual(
    ids({
      a: at({ path: 'x' }),
      b: at({ path: '/x/' }),
      c: at({ path: '/x/../y' }),
      d: at({ path: '/x/:id' }),
      e: at({ path: '/y/:id', params: { no: t.text() } }),
    }),
    ['O067', 'O067', 'O067', 'O068', 'O068'],
  )
  assert.deepEqual(
    ids({
      a: at({ method: 'GET', input: {} }),
      b: at({ allow: undefined }),
      c: at({ problems: { not_found: 404 } }),
      d: at({ problems: { gone: 200 } }),
      e: 1,
      toString: at({}),
    }),
    ['O060', 'O065', 'O063', 'O066', 'O066', 'O061'],
  )
})

test('endpoints of groups stand under the prefix of the group', () => {
  const hook = createEndpoint({ allow: 'everyone', run, path: '/hook', method: 'PUT' } as never)
  const ping = createEndpoint({ allow: 'everyone', run } as never)
  const app = declareApp({
    models: {},
    endpoints: { ping, pay: createGroup({ prefix: '/pay' }, { hook, ping }), loose: createGroup({}, { ping }) },
  } as never)
  assert.deepEqual(
    routedEndpoints(app).map(({ name, method, path }) => `${name} ${method} ${path}`),
    ['ping POST /api/call/ping', 'pay.hook PUT /pay/hook', 'pay.ping POST /pay/ping', 'loose.ping POST /api/call/loose/ping'],
  )
})

test('every problem has a hint, and all but whole-app ones a place', () => {
  const { models } = defineModels({ notes: { text: t.text().default(1 as never) } })
  const app = declareApp({ models } as never)
  const [problem] = check(app, resolve(app))
  assert.match(problem!.place!, /schema\.test\.ts:\d+$/)
  assert.ok(problem!.hint.length > 0)
})
