// Requests out of the OpenAPI document: nearly right, wrong in one place, or hostile.
import { nastyTexts, nastyValues, type Chance } from './chance.ts'
import { filter, fittingQuery, include, path, queryParameter } from './questions.ts'
import { fitting, type World } from './world.ts'

/** Something in it becomes something else. */
function mutate(chance: Chance, input: unknown, depth = 0): unknown {
  if (Array.isArray(input) && input.length > 0 && chance.is(0.7))
    return input.map((item, at) => (at === 0 ? mutate(chance, item, depth + 1) : item))
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
  const known = Object.keys(operation.row)
  const world = known.length > 0 && chance.is(0.8) ? { ...all, fields: known } : all
  const method = chance.is(0.97)
    ? operation.method
    : chance.pick(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'GET', 'TRACE', 'PROPFIND', 'QUERY'])
  const place = operation.path.replaceAll(/\{[^}]+\}/g, () =>
    chance.is(0.8) && world.ids.length > 0
      ? chance.pick(world.ids)
      : chance.is(0.5)
        ? encode(chance.pick(nastyTexts))
        : chance.pick(nastyTexts).replaceAll('\0', '').replaceAll(/\s/g, ''),
  )
  const pairs =
    operation.method === 'GET' && known.length > 0 && chance.is(0.4)
      ? fittingQuery(world, chance, operation)
      : Array.from({ length: operation.method === 'GET' ? chance.integer(0, 4) : chance.is(0.2) ? 1 : 0 }, () =>
          queryParameter(world, chance),
        )
  const query = pairs
    .map(([name, item]) => `${encode(name)}=${chance.is(0.95) ? encode(item) : item.replaceAll('\0', '+').replaceAll(/\s/g, '+')}`)
    .join('&')
  const made =
    operation.body === undefined
      ? undefined
      : operation.path.endsWith('/query') && chance.is(0.8)
        ? {
            where: filter(world, chance),
            ...(chance.is(0.4) && { include: include(world, chance) }),
            ...(chance.is(0.3) && { sort: path(world, chance) }),
          }
        : fitting(world, chance, operation.body)
  const given = made !== undefined && chance.is(0.5) ? mutate(chance, made) : made
  let body = given === undefined ? '' : (JSON.stringify(given) ?? '')
  if (body !== '' && chance.is(0.06))
    body = chance.pick([
      body.slice(0, -1),
      `${body}x`,
      `[${body}`,
      body.replace(':', ':1e999,"a":'),
      `{"__proto__":${body}}`,
      '['.repeat(5000),
      `{"a":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`,
    ])
  const headers = [`host: 127.0.0.1`, 'connection: close', ...extraHeaders(chance)]
  if (token !== undefined) headers.push(`authorization: Bearer ${token}`)
  if (body !== '')
    headers.push(
      `content-type: ${chance.is(0.95) ? 'application/json' : chance.pick(['text/plain', 'application/xml', 'multipart/form-data', 'application/json; charset=utf-16', 'x'])}`,
      `content-length: ${Buffer.byteLength(body)}`,
    )
  const target = `${place}${query === '' ? '' : `?${query}`}`
  return {
    bytes: Buffer.from(`${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`),
    line: `${method} ${target}`.slice(0, 300),
  }
}

function extraHeaders(chance: Chance): string[] {
  if (chance.is(0.8)) return []
  return [
    chance.pick([
      'if-match: *',
      'if-match: "1.x"',
      'if-none-match: W/"a", "b"',
      'if-match: \u00e4',
      'prefer: return=minimal',
      'prefer: x',
      'origin: http://evil.example',
      'origin: null',
      'sec-fetch-site: cross-site',
      'cookie: offstage=x; offstage=y',
      'cookie: =;;;=',
      'accept: text/event-stream',
      'accept-encoding: br',
      'x-forwarded-for: 1.2.3.4, ::1',
      'content-length: 0',
      'expect: 100-continue',
      'range: bytes=0-1',
      'upgrade: websocket',
      'authorization: Basic eDp5',
      'idempotency-key: a',
      'access-control-request-method: PUT',
    ]),
  ]
}

/** Bytes that are hardly HTTP. */
export function rawOf(chance: Chance): Buffer {
  const lines = [
    'GET / HTTP/1.1',
    'GET /api/products HTTP/1.1',
    'POST /api/call/checkout HTTP/1.1',
    'GET /api/products HTTP/0.9',
    'GET  /api HTTP/1.1',
    'get / http/1.1',
    'GET http://x/api/products HTTP/1.1',
    'CONNECT a:1 HTTP/1.1',
    'PRI * HTTP/2.0',
    `GET /${'a'.repeat(20_000)} HTTP/1.1`,
  ]
  const headers = [
    'host: a',
    'host: b',
    'host:',
    'content-length: 5',
    'content-length: 6',
    'content-length: -1',
    'content-length: 99999999999',
    'transfer-encoding: chunked',
    'transfer-encoding: chunked, identity',
    'Transfer-Encoding : chunked',
    'content-type: application/json',
    ' folded: yes',
    'x'.repeat(20_000),
    'x: \u0000',
    ': empty',
    'connection: upgrade, http2-settings',
    'expect: 100-continue',
  ]
  const some = Array.from({ length: chance.integer(0, 6) }, () => chance.pick(headers)).join(chance.pick(['\r\n', '\r\n', '\n', '\r']))
  const end = chance.pick(['\r\n\r\n', '\r\n\r\n5\r\nhello\r\n0\r\n\r\n', '\r\n\r\nffffffffff\r\n', '\n\n', '', '\r\n\r\n{"a":'])
  if (chance.is(0.2)) return Buffer.from(Array.from({ length: chance.integer(1, 400) }, () => chance.integer(0, 255)))
  return Buffer.from(`${chance.pick(lines)}\r\n${some}${end}`, 'latin1')
}
