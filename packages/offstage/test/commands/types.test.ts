import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workplace } from './offstage.ts'

const consumer = `import { createClient } from 'offstage/client'
import type { Shop } from './shop.d.ts'

const api = createClient<Shop>('https://shop.example')

export async function use(): Promise<void> {
  const page = await api.orders.list({ where: { status: 'paid', lines: { some: { quantity: { gte: 2 } } } }, include: { lines: { include: { product: true } } }, sort: '-placedAt' })
  const placed: string | null | undefined = page.data[0]?.placedAt
  const product: string | undefined = page.data[0]?.lines[0]?.product?.name
  const order = await api.call.checkout({ order: 'x', address: 'y' })
  const total: string = order.total
  const at: string = order.createdAt
  const { received }: { received: boolean } = await api.request('POST /webhooks/payments', { body: '{}' })
  await api.auth.signIn({ email: 'a@b.example', password: 'x' })
  // @ts-expect-error there is no such status
  await api.orders.list({ where: { status: 'lost' } })
  // @ts-expect-error clients never write the total
  await api.orders.create({ total: '1.00' })
  // @ts-expect-error there is no such model
  api.nothing
  // @ts-expect-error checkout needs its order
  await api.call.checkout({})
  // @ts-expect-error the webhook is at another address
  await api.request('POST /webhooks/payment', { body: '{}' })
  console.log(received, placed, product, total, at)
}
`

test('a frontend elsewhere is typed by the written file and the client alone', async () => {
  using shop = workplace('shop')
  const elsewhere = join(shop.folder, 'elsewhere')
  mkdirSync(elsewhere)
  const written = await shop.run('types', '.', '--out', 'elsewhere/shop.d.ts')
  assert.equal(written.code, 0, written.err)
  writeFileSync(join(elsewhere, 'use.ts'), consumer)
  writeFileSync(
    join(elsewhere, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2024',
        lib: ['es2024', 'dom'],
        module: 'nodenext',
        skipLibCheck: false,
        types: ['node'],
        allowImportingTsExtensions: true,
        exactOptionalPropertyTypes: true,
        customConditions: ['@offstage/source'],
      },
      files: ['use.ts'],
    }),
  )
  const { status, stdout } = spawnSync(process.execPath, [join(shop.folder, 'node_modules/typescript/bin/tsc'), '-p', elsewhere], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout)
})

const lists = `import { defineApp, defineModels, t } from 'offstage'
const { models } = defineModels({
  quizzes: { choices: t.json<string[]>(), point: t.json<[number, number]>(), plan: t.json<{ week: number; topics: string[] }[]>().optional() },
})
models.quizzes.access({ read: 'everyone' })
export const app = defineApp({ models })
`

test('JSON that is a list is written out, with no name that the file does not have', async () => {
  using place = workplace()
  writeFileSync(join(place.folder, 'app.ts'), lists)
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  const written = await place.run('types', 'app.ts', '--out', 'app.d.ts')
  assert.equal(written.code, 0, written.err)
  const text = readFileSync(join(place.folder, 'app.d.ts'), 'utf8').replaceAll(/\s+/g, ' ')
  assert.match(text, /choices: string\[\];/)
  assert.match(text, /point: \[ ?number, number ?\];/)
  assert.match(text, /plan: \{ week: number; topics: string\[\]; \}\[\]/)
  assert.doesNotMatch(text, /JsonOf|Full</)
})

const routed = `import { defineApp, defineModels, t } from 'offstage'
const { models, endpoint, group } = defineModels({ users: { name: t.text() } })
const sheet = endpoint({ allow: 'everyone', method: 'GET', path: '/sheets/:year', params: { year: t.integer() }, query: { since: t.datetime().optional() }, run: () => new Response('') })
const login = endpoint({ allow: 'everyone', input: { user: t.text() }, run: ({ input }) => ({ hello: input.user, at: new Date() }) })
export const app = defineApp({ models, endpoints: { sheet, provider: group({ prefix: '/provider' }, { login }) } })
`

const routedConsumer = `import { createClient } from 'offstage/client'
import type { App } from './api.d.ts'
const api = createClient<App>('https://shop.example')
export async function use(): Promise<void> {
  const { at }: { at: string } = await api.request('POST /provider/login', { input: { user: 'ada' } })
  const whole: Response = await api.request('GET /sheets/:year', { params: { year: 2026 }, query: { since: new Date() } }, { as: 'response' })
  // @ts-expect-error the year is missing
  await api.request('GET /sheets/:year', {})
  console.log(at, whole)
}
`

test('endpoints with an address of their own, and those of groups, are in the written file', async () => {
  using place = workplace()
  writeFileSync(join(place.folder, 'app.ts'), routed)
  writeFileSync(join(place.folder, 'use.ts'), routedConsumer)
  writeFileSync(join(place.folder, 'package.json'), '{ "type": "module" }')
  const written = await place.run('types', 'app.ts', '--out', 'api.d.ts')
  assert.equal(written.code, 0, written.err)
  const options = 'strict,noEmit,skipLibCheck,allowImportingTsExtensions'.split(',').map((name) => [name, true])
  const compilerOptions = {
    ...Object.fromEntries(options),
    target: 'es2024',
    lib: ['es2024', 'dom'],
    module: 'nodenext',
    types: ['node'],
    customConditions: ['@offstage/source'],
  }
  writeFileSync(join(place.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
  const { status, stdout } = spawnSync(process.execPath, [join(place.folder, 'node_modules/typescript/bin/tsc'), '-p', place.folder], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout)
})
