// Which operations of models have routes: each on and off, by the model and by the app.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsIn, registryOf } from '../../src/app/problems.ts'
import { routesTable } from '../../src/commands/routes.ts'
import { defineApp, defineModels, model, t } from '../../src/index.ts'
import { apiOperations, type ApiOperation } from '../../src/schema/model.ts'
import { serve, type Served } from './served.ts'

const fields = { text: t.text().unique(), n: t.integer().default(0) }
const declare = (api: readonly ApiOperation[] | undefined, app: readonly ApiOperation[] | undefined): any => {
  const { models } = defineModels({ notes: model(fields, api && { api }), others: model(fields) })
  const all = { read: 'everyone', create: 'everyone', update: 'everyone', delete: 'everyone' } as const
  models.notes.access(all)
  models.others.access(all)
  return defineApp({ models, ...(app && { api: app }), docs: 'everyone' })
}
interface Probe {
  readonly method: string
  readonly path: (id: string) => string
  readonly json?: object
}
const probes: Readonly<Record<ApiOperation, readonly Probe[]>> = {
  list: [
    { method: 'GET', path: () => '' },
    { method: 'POST', path: () => '/query', json: {} },
  ],
  aggregate: [
    { method: 'GET', path: () => '/aggregate?count=true' },
    { method: 'POST', path: () => '/aggregate', json: { measures: { rows: 'count' } } },
  ],
  get: [{ method: 'GET', path: (id) => `/${id}` }],
  create: [{ method: 'POST', path: () => '', json: { text: 'new' } }],
  update: [{ method: 'PATCH', path: (id) => `/${id}`, json: { n: 1 } }],
  delete: [{ method: 'DELETE', path: (id) => `/${id}` }],
}
const batches: readonly (readonly [needs: readonly ApiOperation[], operation: (id: string) => object])[] = [
  [['create'], () => ({ op: 'create', values: { text: 'batch' } })],
  [['update'], (id) => ({ op: 'update', id, values: { n: 2 } })],
  [['update'], () => ({ op: 'updateMany', where: { all: true }, values: { n: 3 } })],
  [['create', 'update'], () => ({ op: 'upsert', key: { text: 'up' }, create: { text: 'up' }, update: { n: 4 } })],
  [['delete'], () => ({ op: 'deleteMany', where: { text: 'x' } })],
  [['delete'], (id) => ({ op: 'delete', id })],
]

async function probe(served: Served, open: readonly ApiOperation[], model = 'notes'): Promise<void> {
  const at = `/api/${model}`
  const fresh = async (): Promise<string> => {
    await served.sys[model].deleteMany({ all: true })
    return (await served.sys[model].create({ text: 'first' })).id
  }
  for (const operation of apiOperations) {
    for (const { method, path, json } of probes[operation]) {
      const id = await fresh()
      const answer = await served.ask(`${at}${path(id)}`, { ...(json && { json }), method })
      const said = `${method} ${at}${path(':id')} with ${open.join(' ')}: ${answer.status}`
      if (open.includes(operation)) assert.ok(answer.ok, said)
      // `/notes/query` and `/notes/aggregate` are then texts in the place of an id.
      else
        assert.ok(answer.status === 404 || answer.status === 405 || (path(id) === '/aggregate?count=true' && answer.status === 400), said)
      if (!open.includes(operation))
        assert.deepEqual(await served.sys[model].list({ select: ['text', 'n'] }), { data: [{ text: 'first', n: 0 }], next: null }, said)
    }
  }
  for (const [needs, operation] of batches) {
    const id = await fresh()
    const answer = await served.ask('/api/batch', { json: { operations: [{ model, ...operation(id) }] } })
    const allowed = needs.every((one) => open.includes(one))
    const said = `${JSON.stringify(operation(id))} with ${open.join(' ')}: ${answer.status} ${await answer.text()}`
    assert.equal(answer.status, allowed ? 200 : 404, said)
    if (!allowed)
      assert.deepEqual(await served.sys[model].list({ select: ['text', 'n'] }), { data: [{ text: 'first', n: 0 }], next: null }, said)
  }
}

async function documented(served: Served, model = 'notes'): Promise<string[]> {
  const { paths } = (await (await served.ask('/openapi.json')).json()) as any
  return Object.values<any>(paths)
    .flatMap((item) => Object.values<any>(item).map(({ operationId }) => operationId))
    .filter((id) => id?.startsWith(`${model}.`))
    .map((id) => id.split('.')[1])
    .sort()
}
const names: Readonly<Record<ApiOperation, readonly string[]>> = {
  list: ['list', 'query'],
  aggregate: ['aggregate', 'aggregateQuery'],
  get: ['get'],
  create: ['create'],
  update: ['update'],
  delete: ['delete'],
}
const namesOf = (open: readonly ApiOperation[]): string[] => open.flatMap((one) => names[one]).sort()

for (const one of apiOperations) {
  const rest = apiOperations.filter((other) => other !== one)
  for (const open of [[one], rest]) {
    test(`a model with ${open.join(', ')} has no other operation, in a batch neither`, async () => {
      await using served = await serve(declare(open, undefined))
      await probe(served, open)
      assert.deepEqual(await documented(served), namesOf(open))
      const routed = served.running.routes.filter(({ name }) => name.startsWith('notes.')).map(({ name }) => name.split('.')[1])
      assert.deepEqual(routed.toSorted(), namesOf(open))
    })
  }
}

test('the app says it for all models that do not say it themselves', async () => {
  await using served = await serve(declare(['create', 'get'], ['list']))
  await probe(served, ['create', 'get'])
  await probe(served, ['list'], 'others')
  assert.deepEqual(await documented(served), namesOf(['create', 'get']))
  assert.deepEqual(await documented(served, 'others'), namesOf(['list']))
})

test('where no model has anything open there is no batch, and the docs know of none', async () => {
  for (const api of [[], ['list', 'get', 'aggregate']] as const) {
    await using served = await serve(declare(undefined, api))
    for (const operations of [[], [{ op: 'create', model: 'notes', values: { text: 'x' } }]])
      assert.equal((await served.ask('/api/batch', { json: { operations } })).status, 404)
    assert.equal((await served.ask('/api/batch')).status, 404)
    assert.doesNotMatch(routesTable(served.running.routes), /batch/)
    const document = (await (await served.ask('/openapi.json')).json()) as any
    assert.deepEqual([document.paths['/api/batch'], document.tags.some(({ name }: any) => name === 'batch')], [undefined, false])
    if (api.length > 0) continue
    assert.deepEqual(Object.keys(document.paths), [])
    for (const path of ['/api/notes', '/api/nothing']) {
      const answer = await served.ask(path)
      assert.deepEqual([answer.status, ((await answer.json()) as any).detail], [404, 'There is nothing at this address.'])
    }
  }
})

test('a word that is no operation is named', () => {
  const app = declare(undefined, ['list', 'find'] as never)
  assert.deepEqual(
    problemsIn(app, registryOf(app)).map(({ id }) => id),
    ['O042'],
  )
})
