// Names of options that nothing reads, as JavaScript, a spread object or a cast gives them: each is refused, with the right one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataSteps, defineApp, defineModels, kit, model, OffstageError, problem, t } from 'offstage'
import { createClient } from 'offstage/client'
import { testApp } from 'offstage/testing'
import { problemsIn, registryOf } from '../src/app/problems.ts'
import { nearest } from '../src/base/nearest.ts'
import type { DeclarationProblem } from '../src/schema/registry.ts'

const k = kit<any>()
const any = (value: unknown): any => value

interface Parts {
  readonly users?: object
  readonly notes?: object
  readonly options?: object
  readonly app?: object
}

const run = (): number => 1

/** The problems of an app that is sound but for these. */
function problems({ users = {}, notes = {}, options = {}, app = {} }: Parts): readonly DeclarationProblem[] {
  const { models, me } = defineModels(
    any({
      users: { name: t.text(), email: t.email().unique(), ...users },
      notes: model(any({ text: t.text(), owner: t.user(), ...notes }), any(options)),
    }),
  ) as any
  models.users.access({ read: { id: me } })
  models.notes.access({ read: { owner: me } })
  const declared: any = defineApp(any({ models, ...app }))
  return problemsIn(declared, registryOf(declared))
}

const field = (made: unknown): Parts => ({ notes: { made } })
const input = (made: unknown): Parts => ({ app: { endpoints: { go: k.endpoint(any({ allow: 'everyone', input: { made }, run })) } } })
const endpoint = (more: object): Parts => ({ app: { endpoints: { go: k.endpoint(any({ allow: 'everyone', run, ...more })) } } })
const group = (options: object): Parts => ({ app: { endpoints: { face: k.group(any(options), {}) } } })
const login = (options: object): Parts => ({ app: { login: { password: true, ...options } } })

// What is declared, the misspelt name, and what the message must offer.
const declared: readonly (readonly [string, Parts, string])[] = [
  ['t.text', field(t.text(any({ maxx: 3 }))), "'max' in place of 'maxx'"],
  ['t.url', field(t.url(any({ mx: 3 }))), "'max' in place of 'mx'"],
  ['t.slug', field(t.slug('text', any({ folow: true }))), "'follow' in place of 'folow'"],
  ['t.integer', field(t.integer(any({ minimum: 3 }))), "'min' in place of 'minimum'"],
  ['t.number', field(t.number(any({ maximum: 3 }))), "'max' in place of 'maximum'"],
  ['t.decimal', field(t.decimal(10, 2, any({ mni: '0.00' }))), "'min' in place of 'mni'"],
  ['t.json', field(t.json(any({ maxLength: 3 }))), "'max' in place of 'maxLength'"],
  ['t.email', field(any(t).email({ unique: true })), 't.email(...).unique(...)'],
  ['t.boolean', field(any(t).boolean({ default: false })), 't.boolean(...).default(...)'],
  ['t.datetime', field(any(t).datetime({ optional: true })), 't.datetime(...).optional(...)'],
  ['t.date', field(any(t).date({ index: true })), 't.date(...).index(...)'],
  ['t.ref', field(any(t).ref('users', { onDelete: 'cascade' })), 't.ref(...).onDelete(...)'],
  ['t.user', field(any(t).user({ readable: 'nobody' })), 't.user(...).readable(...)'],
  ['t.many', { users: { notes: any(t).many('notes', 'owner', { through: 'x' }) } }, 't.many(...).through(...)'],
  ['t.key', { options: { own: { id: any(t).key({ column: 'key' }) } } }, 't.key(...).column(...)'],
  ['t.serial', { options: { own: { id: any(t).serial({ column: 'no' }) } } }, 't.serial(...).column(...)'],
  ['a field of an endpoint', input(t.text(any({ mtch: /x/ }))), "'match' in place of 'mtch'"],
  ['t.object', input(t.object({}, any({ othrs: 'drop' }))), "'others' in place of 'othrs'"],
  ['t.partial', input(t.partial({}, any({ nam: 'A' }))), "'name' in place of 'nam'"],
  ['t.list', input(t.list(t.text(), any({ maxi: 3 }))), "'max' in place of 'maxi'"],
  ['t.map', input(t.map(t.text(), any({ mx: 3 }))), "'max' in place of 'mx'"],
  ['a shape in a shape', input(t.list(t.object({ a: t.text(any({ mini: 3 })) }))), "'min' in place of 'mini'"],
  ['model', { options: { tabel: 'n' } }, "'table' in place of 'tabel'"],
  ['model own', { options: { own: { versoin: false } } }, "'version' in place of 'versoin'"],
  ['endpoint', endpoint({ methd: 'GET' }), "'method' in place of 'methd'"],
  ['group', group({ prefx: '/x' }), "'prefix' in place of 'prefx'"],
  ['group authenticate', group({ authenticate: { scheme: 'Token', usr: run, user: run } }), "'user' in place of 'usr'"],
  ['defineApp', { app: { logn: { password: true } } }, "'login' in place of 'logn'"],
  ['login', login({ signup: 'nobody' }), "'signUp' in place of 'signup'"],
  ['login.password', login({ password: { minn: 9 } }), "'min' in place of 'minn'"],
  ['a limit', login({ limits: { account: { time: 1, times: 1, seconds: 1 } } }), "'times' in place of 'time'"],
  ['static', { app: { static: { folder: '.', fallbak: false } } }, "'fallback' in place of 'fallbak'"],
  ['env', { app: { env: { KEY: t.text(any({ mx: 3 })) } } }, "'max' in place of 'mx'"],
  ['options that are none', field(any(t).text(500)), 'Options of t.text: min, max, match.'],
]

for (const [what, parts, offered] of declared) {
  test(`a name that nothing reads is refused: ${what}`, () => {
    const found = problems(parts)
    assert.deepEqual(
      found.map(({ id, level }) => [id, level]),
      [['O090', 'error']],
      JSON.stringify(found),
    )
    assert.ok(found[0]!.hint.includes(offered), found[0]!.hint)
    assert.match(found[0]!.place ?? '', /options\.test\.ts:\d+$/, 'the line is named')
  })
}

test('what is written as it should be has no problem, undefined where a name is known among it', () => {
  assert.deepEqual(
    problems({ ...field(t.text({ max: 3, min: any(undefined) })), ...login({ limits: { account: { times: 1, seconds: 1 } } }) }),
    [],
  )
})

const words: readonly (readonly [string, Parts, string])[] = [
  ['signUp, which else would be everyone', login({ signUp: 'noboby' }), "'nobody'"],
  ['routes', login({ routes: 'no' }), 'true, false'],
  ['others', input(t.object({}, any({ others: 'dorp' }))), "'drop'"],
  ['body', endpoint({ body: 'rwa' }), "'raw'"],
  ['authenticate', endpoint({ authenticate: true }), 'false'],
  ['adopted', { options: { adopted: 'yes' } }, 'true, false'],
  ['onDelete', field(t.ref('users').onDelete(any('cascad'))), "'cascade'"],
]

for (const [what, parts, offered] of words) {
  test(`a word that is none of the option's is refused: ${what}`, () => {
    const found = problems(parts)
    assert.deepEqual(
      found.map(({ id }) => id),
      ['O091'],
      JSON.stringify(found),
    )
    assert.ok(found[0]!.hint.includes(offered), found[0]!.hint)
  })
}

test('names in rules, events, operations and references are told with the nearest right one', () => {
  const { models, me } = defineModels(
    any({
      users: { email: t.email().unique(), admin: t.boolean().default(false).writable('nobody'), notes: t.many('notess', 'owner') },
      notes: model(any({ owner: t.user(), house: t.ref('hauses') }), any({ unique: [['ownr', 'house']], api: ['lst'] })),
      houses: {},
    }),
  ) as any
  models.users.access({ raed: { id: me }, read: me.is({ admn: true }) })
  models.notes.access({ read: { ownre: me }, create: { owner: me.emial } })
  models.notes.on('creatd', run)
  const declaration: any = defineApp({
    models,
    user: any('users'),
    login: { limits: any({ acount: { times: 1, seconds: 1 } }) },
    endpoints: { go: k.endpoint(any({ allow: 'everyone', method: 'GTE', run })) },
  })
  const hints = problemsIn(declaration, registryOf(declaration)).map(({ message, hint }) => `${message} ${hint}`)
  for (const right of ['notes', 'houses', 'owner', 'list', 'read', 'admin', 'email', 'created', 'GET', 'account'])
    assert.ok(
      hints.some((hint) => hint.includes(`Did you mean '${right}'?`)),
      `${right}: ${hints.join('\n')}`,
    )
})

const { models: sound } = defineModels({ users: { email: t.email().unique() } })
sound.users.access({ read: 'everyone' })
const app = defineApp({ models: sound })
const client = createClient<typeof app>('https://app.example', { fetch: async () => Response.json({ data: [], next: null }) })

const begun: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['endpoint()', () => any(k).endpoint(), /endpoint\(...\) takes an object, and found undefined. Write endpoint\(\{ allow, run \}\)/],
  ['endpoint(run)', () => any(k).endpoint(run), /endpoint\(...\) takes an object, and found a function/],
  ['group(endpoints)', () => any(k).group({}), /group\(...\) takes an object, and found undefined/],
  ['model(fields, null)', () => model({}, any(null)), /model\(fields, ...\) takes an object, and found null/],
  ["access('everyone')", () => any(model({})).access('everyone'), /access\(...\) takes an object, and found text. Write access\(\{ read/],
  ["on('created')", () => any(model({})).on('created'), /on\('created'\) has no function to run/],
]

for (const [what, call, message] of begun) {
  test(`a declaring call that is given nothing to check says so, with its line: ${what}`, () => {
    assert.throws(call, (error: OffstageError) => {
      assert.match(error.message, message)
      assert.equal(error.code, 'declaration')
      assert.match(error.place ?? '', /options\.test\.ts:\d+$/)
      return true
    })
  })
}

test('what is no list, no list of lists or no field is told among the others', () => {
  const of = (parts: Parts): string[] => problems(parts).map(({ id }) => id)
  assert.deepEqual(of({ options: { unique: ['text'] } }), ['O041'])
  assert.deepEqual(of({ options: { index: 'text' } }), ['O041'])
  assert.deepEqual(of({ options: { api: 'list' } }), ['O042'])
  assert.deepEqual(of({ options: { own: { id: 'serial' } } }), ['O006'])
  assert.deepEqual(of({ app: { api: 'list' } }), ['O042'])
  assert.deepEqual(of({ app: { env: { KEY: 'text' } } }), ['O006'])
})

const calls: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['defineModels', () => defineModels({ users: {} }, any({ usr: 'users' })), /defineModels has no option 'usr'.*'user' in place/],
  ['problem', () => problem('out_of_stock', any({ detial: 'x' })), /problem has no option 'detial'.*'detail' in place/],
  ['OffstageError', () => new OffstageError('out_of_stock', any({ stauts: 409 })), /no option 'stauts'.*'status' in place/],
  ['dataSteps', () => dataSteps({ a: any({ table: 'a', batchs: 3, run }) }), /The step 'a' has no option 'batchs'.*'batch' in place/],
  ['testApp', () => testApp(app, any({ evn: {} })), /testApp has no option 'evn'.*'env' in place/],
  ['open', () => app.open(any({ mod: 'development' })), /open has no option 'mod'.*'mode' in place/],
  ['the mode of open', () => app.open({ mode: any('prod') }), /'prod'; it takes 'production' or 'development'/],
  ['createClient', () => createClient('https://app.example', any({ tokn: 'x' })), /createClient has no option "tokn". It has: token,/],
  ['a call of the client', () => client.users.list({}, any({ singal: 1 })), /A call has no option "singal". It has: signal,/],
  [
    'a request of the client',
    () => any(client).request('GET /x', { qeury: {} }),
    /"GET \/x" has no option "qeury". It has: params, query,/,
  ],
]

for (const [what, call, message] of calls) {
  test(`a call with a name that nothing reads throws: ${what}`, async () => {
    await assert.rejects(async () => call(), message)
  })
}

test('questions, transactions and factories throw for names that nothing reads', async () => {
  await using open = await testApp(app)
  const { sys, make } = any(open)
  await assert.rejects(sys.users.list({ wher: {} }), /'wher' is not known here.* Did you mean 'where'\?/)
  await assert.rejects(sys.users.aggregate({ measure: { n: 'count' } }), /Did you mean 'measures'\?/)
  await assert.rejects(sys.users.list({ where: { email: { contain: 'x' } } }), /Did you mean 'contains'\?/)
  await assert.rejects(sys.users.update('x', {}, { ifMach: 1 }), /Did you mean 'ifMatch'\?/)
  await assert.rejects(async () => sys.transaction(run, { timout: 5 }), /transaction has no option 'timout'.*'timeout' in place/)
  await assert.rejects(make.users({ emial: 'a@example.com' }), /users has no field 'emial'. Did you mean 'email'\?/)
})

test('an app that does not start says how many errors and how many warnings it lists, errors first', async () => {
  const { models } = defineModels({ users: { name: t.text() }, notes: { text: t.text(any({ maxx: 3 })) } })
  const declaration = defineApp({ models })
  await assert.rejects(
    testApp(declaration),
    /has 1 error and 2 warnings:\n {2}O090 [^\n]*notes\.text[^\n]*\n[^\n]*\n {2}warning O070 [^\n]*users[^\n]*\n[^\n]*\n {2}warning O070 /,
  )
})

test('the nearest name is the one of the fewest slips, and none where nothing is near', () => {
  assert.equal(nearest('maxx', ['min', 'max', 'match']), 'max')
  assert.equal(nearest('TABEL', ['table', 'label']), 'table')
  assert.equal(nearest('maxLength', ['min', 'max']), 'max')
  assert.equal(nearest('colour', ['min', 'max', 'match']), undefined)
  assert.equal(nearest('x'.repeat(100_000), ['x'.repeat(100_000)]), undefined, 'what nobody misspelt is not measured')
})
