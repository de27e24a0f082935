// Endpoints with an address of their own, in the client. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { createClient } from 'offstage/client'
import type { blog } from '../fixture/blog/app.ts'
import type { routed } from '../client/routed.ts'

const api = createClient<typeof routed>('https://shop.example')

expectTypeOf<Parameters<typeof api.request>[0]>().toEqualTypeOf<
  | 'GET /reports/:year'
  | 'PATCH /names/:kind/:name'
  | 'DELETE /names/:name'
  | 'GET /api/call/ping'
  | 'GET /sheet.csv'
  | 'PUT /files/:name'
  | 'POST /api/call/found'
  | 'POST /provider/v1/login'
  | 'GET /provider/v1/orders/:id'
  | 'POST /api/call/tools/login'
  | 'POST /api/call/tools/count'
  | 'POST /api/call/tools/either'
>()

// --- answers, in their form as JSON
const report = await api.request('GET /reports/:year', { params: { year: 2026 } }, { signal: new AbortController().signal })
expectTypeOf(report).toEqualTypeOf<{ label: string | null; since: string | null; sales: { amount: number; at: string }[] }>()
expectTypeOf(await api.request('GET /api/call/ping')).toEqualTypeOf<string>()
expectTypeOf(await api.request('DELETE /names/:name', { params: { name: 'a' } })).toEqualTypeOf<undefined>()
expectTypeOf(await api.request('GET /provider/v1/orders/:id', { params: { id: '1' } })).toEqualTypeOf<{ order: string }>()
expectTypeOf(await api.request('POST /api/call/tools/count')).toEqualTypeOf<{ n: number }>()
expectTypeOf(await api.request('POST /provider/v1/login', { input: { user: 'ada' } })).toEqualTypeOf<{ hello: string }>()
// A Response may hold anything: ask for it whole, or look at what came.
expectTypeOf(await api.request('GET /sheet.csv')).toEqualTypeOf<unknown>()
expectTypeOf(await api.request('GET /sheet.csv', { query: { form: 'json' } }, { as: 'response' })).toEqualTypeOf<Response>()
expectTypeOf(await api.request('GET /api/call/ping', {}, { as: 'response' })).toEqualTypeOf<Response>()
expectTypeOf(
  await createClient<typeof blog>('').request('GET /feeds/:tag', { params: { tag: 'a' }, query: { limit: 3 } }),
).toEqualTypeOf<unknown>()
expectTypeOf((await api.request.options('GET /reports/:year', { params: { year: 1 } }).queryFn()).sales[0]!.at).toEqualTypeOf<string>()

// --- what a request needs
api.request('GET /reports/:year', { params: { year: 2026 }, query: { since: new Date(), least: 3 } })
api.request('PUT /files/:name', { params: { name: 'a' }, body: new Blob([]) })
// @ts-expect-error no endpoint answers this
api.request('GET /report/:year')
// @ts-expect-error nor this method
api.request('POST /reports/:year', { params: { year: 2026 } })
// @ts-expect-error what a name and input say all of is under `call`
api.request('POST /api/call/plain')
// @ts-expect-error the year is missing
api.request('GET /reports/:year')
// @ts-expect-error the year is missing
api.request('GET /reports/:year', { params: {} })
// @ts-expect-error the year is a number
api.request('GET /reports/:year', { params: { year: '2026' } })
// @ts-expect-error there is no such parameter
api.request('GET /reports/:year', { params: { year: 2026 }, query: { leest: 3 } })
// @ts-expect-error a GET has no input
api.request('GET /reports/:year', { params: { year: 2026 }, input: { year: 2026 } })
// @ts-expect-error nor has this one a query
api.request('GET /api/call/ping', { query: { n: 1 } })
// @ts-expect-error a request has no such part
api.request('GET /api/call/ping', { search: { n: 1 } })
// @ts-expect-error this query has a part that is required
api.request('PATCH /names/:kind/:name', { params: { kind: 'a', name: 'b' }, input: { to: 'c' } })
// @ts-expect-error wrong input
api.request('PATCH /names/:kind/:name', { params: { kind: 'a', name: 'b' }, query: { dry: true }, input: { to: 1 } })
// @ts-expect-error bytes are a body, no input
api.request('PUT /files/:name', { params: { name: 'a' }, input: {} })
// @ts-expect-error no such form
api.request('GET /api/call/ping', {}, { as: 'text' })
// @ts-expect-error only a GET is a query
api.request.options('DELETE /names/:name', { params: { name: 'a' } })
// What a schema takes is whatever the schema says, alternatives without a name in common too.
api.request('POST /api/call/tools/either', { input: { b: 2 } })
// @ts-expect-error one of both
api.request('POST /api/call/tools/either')
// @ts-expect-error it has an address of its own
api.call.report()
// @ts-expect-error its query has no place under `call`
api.call.found({ deep: true })
expectTypeOf(await api.call.plain()).toEqualTypeOf<number>()
