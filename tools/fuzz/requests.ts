// Requests out of the OpenAPI document: nearly right, wrong in one place, or hostile.
import { nastyTexts, nastyValues, type Chance } from './chance.ts'

export interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema?: any }[]
  readonly body: any
  /** Names of what it answers: those make filters that are nearly right. */
  readonly fields: readonly string[]
}

/** What the requests are made of: the document, ids that exist, names of fields. */
export interface World {
  readonly document: any
  readonly operations: readonly Operation[]
  readonly ids: readonly string[]
  readonly fields: readonly string[]
}

export function worldOf(document: any, ids: readonly string[]): World {
  const operations: Operation[] = []
  for (const [path, item] of Object.entries<any>(document.paths)) {
    for (const [method, operation] of Object.entries<any>(item)) {
      if (!['get', 'post', 'put', 'patch', 'delete'].includes(method)) continue
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => resolve(document, parameter))
      const body = Object.values<any>(operation.requestBody?.content ?? {})[0]?.schema
      operations.push({ method: method.toUpperCase(), path, parameters, body, fields: answered(document, operation.responses?.['200']) })
    }
  }
  const fields = new Set<string>()
  for (const schema of Object.values<any>(document.components?.schemas ?? {})) for (const name of Object.keys(schema.properties ?? {})) fields.add(name)
  return { document, operations, ids, fields: [...fields] }
}

function answered(document: any, response: any): string[] {
  const schema = resolve(document, Object.values<any>(resolve(document, response)?.content ?? {})[0]?.schema)
  const row = resolve(document, schema?.properties?.data?.items ?? schema?.items ?? schema)
  return Object.keys(row?.properties ?? {})
}

function resolve(document: any, node: any): any {
  if (typeof node?.$ref !== 'string') return node
  return node.$ref.slice(2).split('/').reduce((at: any, key: string) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document)
}

/** A value that should fit the schema. */
function fitting(world: World, chance: Chance, given: any, depth = 0): unknown {
  const schema = resolve(world.document, given) ?? {}
  const choice = schema.oneOf ?? schema.anyOf
  if (choice) return fitting(world, chance, chance.pick(choice), depth + 1)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part: any) => fitting(world, chance, part, depth + 1)))
  if (schema.enum) return chance.pick(schema.enum)
  if ('const' in schema) return schema.const
  const type = Array.isArray(schema.type) ? chance.pick(schema.type) : schema.type
  if (type === 'null') return null
  if (type === 'boolean') return chance.is(0.5)
  if (type === 'integer') return chance.integer(schema.minimum ?? 0, Math.min(schema.maximum ?? 100, (schema.minimum ?? 0) + 100))
  if (type === 'number') return chance.integer(0, 10000) / 100
  if (type === 'array') return depth > 4 ? [] : Array.from({ length: chance.integer(0, 3) }, () => fitting(world, chance, schema.items, depth + 1))
  if (type === 'string') return text(world, chance, schema)
  if (type === 'object' || schema.properties) {
    const required = new Set(schema.required ?? [])
    const entries = Object.entries<any>(schema.properties ?? {}).filter(([name]) => required.has(name) || (depth < 4 && chance.is(0.4)))
    return Object.fromEntries(entries.map(([name, property]) => [name, fitting(world, chance, property, depth + 1)]))
  }
  return chance.pick(nastyValues)
}

function text(world: World, chance: Chance, schema: any): string {
  if (schema.format === 'date-time') return new Date(Date.UTC(2026, chance.integer(0, 11), chance.integer(1, 28))).toISOString()
  if (schema.format === 'date') return '2026-03-05'
  if (schema.format === 'email') return `fuzz${chance.integer(1, 1e9)}@example.com`
  if (schema.format === 'uuid') return chance.is(0.8) && world.ids.length > 0 ? chance.pick(world.ids) : crypto.randomUUID()
  if (String(schema.pattern ?? '').includes('\\d') || schema.format === 'decimal') return `${chance.integer(0, 999)}.${chance.integer(10, 99)}`
  return chance.pick(['plain words', 'Ärger', 'x', ...world.fields, chance.pick(nastyTexts)])
}

const operators = ['not', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith', 'some', 'none', 'every', 'null', 'and', 'or', 'path', 'equals', 'exists']

/** A filter as somebody might write it who has half read the documentation. */
function filter(world: World, chance: Chance, depth = 0): unknown {
  if (depth > 5) return chance.pick(nastyValues)
  const entries = Array.from({ length: chance.integer(1, 3) }, (): [string, unknown] => {
    if (chance.is(0.15)) return [chance.pick(['and', 'or']), Array.from({ length: chance.integer(0, 3) }, () => filter(world, chance, depth + 1))]
    if (chance.is(0.1)) return ['not', filter(world, chance, depth + 1)]
    const name = chance.is(0.9) ? chance.pick(world.fields) : chance.pick(nastyTexts)
    if (chance.is(0.25)) return [name, filter(world, chance, depth + 1)]
    if (chance.is(0.5)) return [name, { [chance.pick(operators)]: chance.is(0.2) ? filter(world, chance, depth + 1) : value(world, chance) }]
    return [name, value(world, chance)]
  })
  return Object.fromEntries(entries)
}

const value = (world: World, chance: Chance): unknown => (chance.is(0.3) && world.ids.length > 0 ? chance.pick(world.ids) : chance.is(0.3) ? chance.pick([1, 5, '10.00', true, 'paid', '2026-01-01T00:00:00Z']) : chance.pick(nastyValues))
const words = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given))
const path = (world: World, chance: Chance): string => Array.from({ length: chance.pick([1, 1, 1, 2, 3, 5]) }, () => chance.pick(world.fields)).join('.')

function include(world: World, chance: Chance, depth = 0): unknown {
  if (depth > 4 || chance.is(0.3)) return chance.pick([true, {}, 'count', 'exists', null, 1])
  return Object.fromEntries(Array.from({ length: chance.integer(1, 2) }, () => [chance.pick(world.fields), chance.is(0.4) ? true : {
    ...(chance.is(0.4) && { include: include(world, chance, depth + 1) }), ...(chance.is(0.3) && { where: filter(world, chance, 3) }), ...(chance.is(0.3) && { sort: path(world, chance) }),
    ...(chance.is(0.3) && { limit: chance.pick([1, 0, -1, 5000, '3', null]) }), ...(chance.is(0.1) && { of: chance.pick(world.fields), exists: filter(world, chance, 3) }),
  }]))
}

function queryParameter(world: World, chance: Chance): [string, string] {
  switch (chance.integer(0, 9)) {
    case 0: return ['where', JSON.stringify(filter(world, chance))]
    case 1: return ['include', chance.is(0.5) ? path(world, chance) : JSON.stringify(include(world, chance))]
    case 2: return ['sort', (chance.is(0.5) ? '-' : '') + path(world, chance)]
    case 3: return ['select', chance.pick(world.fields)]
    case 4: return [chance.pick(['limit', 'after', 'count', 'search', 'zone', 'limit']), chance.pick([...nastyTexts, '10', '200', 'true', 'Europe/Berlin'])]
    case 5: return [`${path(world, chance)}.${chance.pick(operators)}`, words(value(world, chance))]
    case 6: return [`${chance.pick(world.fields)}[${chance.pick(operators)}]`, words(value(world, chance))]
    case 7: return ['group', chance.is(0.5) ? path(world, chance) : JSON.stringify([{ [chance.pick(world.fields)]: chance.pick(['hour', 'month', 'year', 'eon']) }])]
    case 8: return ['measures', JSON.stringify({ [chance.pick(['n', 'total', '__proto__', 'x y'])]: chance.is(0.3) ? 'count' : { [chance.pick(['sum', 'avg', 'min', 'max', 'count', 'countDistinct', 'median'])]: path(world, chance) } })]
    default: return [path(world, chance), words(value(world, chance))]
  }
}

/** Something in it becomes something else. */
function mutate(chance: Chance, input: unknown, depth = 0): unknown {
  if (Array.isArray(input) && input.length > 0 && chance.is(0.7)) return input.map((item, at) => (at === 0 ? mutate(chance, item, depth + 1) : item))
  if (typeof input === 'object' && input !== null && chance.is(0.85)) {
    const keys = Object.keys(input)
    const entries = Object.entries(input)
    if (keys.length === 0 || chance.is(0.25)) return Object.fromEntries([...entries, [chance.pick(nastyTexts), chance.pick(nastyValues)]])
    const at = chance.integer(0, keys.length - 1)
    if (chance.is(0.15)) return Object.fromEntries(entries.filter((_, index) => index !== at))
    return Object.fromEntries(entries.map(([name, item], index) => [name, index === at ? mutate(chance, item, depth + 1) : item]))
  }
  return chance.pick(nastyValues)
}

const encode = (given: string): string => encodeURIComponent(given.toWellFormed())

export function requestOf(all: World, chance: Chance, token: string | undefined): { bytes: Buffer; line: string } {
  const operation = chance.pick(all.operations)
  const world = operation.fields.length > 0 && chance.is(0.8) ? { ...all, fields: operation.fields } : all
  const method = chance.is(0.97) ? operation.method : chance.pick(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'GET', 'TRACE', 'PROPFIND', 'QUERY'])
  const place = operation.path.replaceAll(/\{[^}]+\}/g, () => (chance.is(0.8) && world.ids.length > 0 ? chance.pick(world.ids) : chance.is(0.5) ? encode(chance.pick(nastyTexts)) : chance.pick(nastyTexts).replaceAll(/[\s\u0000]/g, '')))
  const pairs = Array.from({ length: operation.method === 'GET' ? chance.integer(0, 4) : chance.is(0.2) ? 1 : 0 }, () => queryParameter(world, chance))
  const query = pairs.map(([name, item]) => `${encode(name)}=${chance.is(0.95) ? encode(item) : item.replaceAll(/[\s\u0000]/g, '+')}`).join('&')
  const made = operation.body === undefined ? undefined : operation.path.endsWith('/query') && chance.is(0.8)
    ? { where: filter(world, chance), ...(chance.is(0.4) && { include: include(world, chance) }), ...(chance.is(0.3) && { sort: path(world, chance) }) }
    : fitting(world, chance, operation.body)
  const given = made !== undefined && chance.is(0.5) ? mutate(chance, made) : made
  let body = given === undefined ? '' : JSON.stringify(given) ?? ''
  if (body !== '' && chance.is(0.06)) body = chance.pick([body.slice(0, -1), `${body}x`, `[${body}`, body.replace(':', ':1e999,"a":'), `{"__proto__":${body}}`, '['.repeat(5000), `{"a":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`])
  const headers = [`host: 127.0.0.1`, 'connection: close', ...extraHeaders(chance)]
  if (token !== undefined) headers.push(`authorization: Bearer ${token}`)
  if (body !== '') headers.push(`content-type: ${chance.is(0.95) ? 'application/json' : chance.pick(['text/plain', 'application/xml', 'multipart/form-data', 'application/json; charset=utf-16', 'x'])}`, `content-length: ${Buffer.byteLength(body)}`)
  const target = `${place}${query === '' ? '' : `?${query}`}`
  return { bytes: Buffer.from(`${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`), line: `${method} ${target}`.slice(0, 300) }
}

function extraHeaders(chance: Chance): string[] {
  if (chance.is(0.8)) return []
  return [chance.pick(['if-match: *', 'if-match: "1.x"', 'if-none-match: W/"a", "b"', 'if-match: \u00e4', 'prefer: return=minimal', 'prefer: x', 'origin: http://evil.example', 'origin: null', 'sec-fetch-site: cross-site', 'cookie: offstage=x; offstage=y', 'cookie: =;;;=', 'accept: text/event-stream', 'accept-encoding: br', 'x-forwarded-for: 1.2.3.4, ::1', 'content-length: 0', 'expect: 100-continue', 'range: bytes=0-1', 'upgrade: websocket', 'authorization: Basic eDp5', 'idempotency-key: a', 'access-control-request-method: PUT'])]
}

/** Bytes that are hardly HTTP. */
export function rawOf(chance: Chance): Buffer {
  const lines = ['GET / HTTP/1.1', 'GET /api/products HTTP/1.1', 'POST /api/call/checkout HTTP/1.1', 'GET /api/products HTTP/0.9', 'GET  /api HTTP/1.1', 'get / http/1.1', 'GET http://x/api/products HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'PRI * HTTP/2.0', `GET /${'a'.repeat(20_000)} HTTP/1.1`]
  const headers = ['host: a', 'host: b', 'host:', 'content-length: 5', 'content-length: 6', 'content-length: -1', 'content-length: 99999999999', 'transfer-encoding: chunked', 'transfer-encoding: chunked, identity', 'Transfer-Encoding : chunked', 'content-type: application/json', ' folded: yes', 'x'.repeat(20_000), 'x: \u0000', ': empty', 'connection: upgrade, http2-settings', 'expect: 100-continue']
  const some = Array.from({ length: chance.integer(0, 6) }, () => chance.pick(headers)).join(chance.pick(['\r\n', '\r\n', '\n', '\r']))
  const end = chance.pick(['\r\n\r\n', '\r\n\r\n5\r\nhello\r\n0\r\n\r\n', '\r\n\r\nffffffffff\r\n', '\n\n', '', '\r\n\r\n{"a":'])
  if (chance.is(0.2)) return Buffer.from(Array.from({ length: chance.integer(1, 400) }, () => chance.integer(0, 255)))
  return Buffer.from(`${chance.pick(lines)}\r\n${some}${end}`, 'latin1')
}
