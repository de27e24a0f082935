// The models over HTTP: `GET /api/notes`, `PATCH /api/notes/<id>`, ... Each is one call through the door of `data/`.

import type { Data } from '../data/data.ts'
import { notFound } from '../data/refusals.ts'
import type { HttpReply, HttpRequest, Route } from '../http/http.ts'
import { always, equal } from '../query/build.ts'
import { parseAggregate } from '../query/parse-aggregate.ts'
import { parseQuery, type ParseOptions } from '../query/parse-json.ts'
import { parseUrlAggregate, parseUrlQuery, parseUrlShape } from '../query/parse-url.ts'
import { closed, eyesOf, ruleFor } from '../query/policies.ts'
import type { Principal } from '../query/principal.ts'
import type { Query } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { ModelDef } from '../schema/registry.ts'
import { bodyObject, emptyReply, readReply, refuseParameters, rowReply, versionAsked, wantsNothing } from './answer.ts'

export interface ApiParts {
  readonly data: Data
  /** As whom a request is made. */
  readonly identify: (request: HttpRequest) => Promise<Principal>
}

export function modelRoutes(parts: ApiParts): Route[] {
  return [...parts.data.registry.models.values()].filter((model) => !model.system).flatMap((model) => routesOf(parts, model))
}

function routesOf({ data, identify }: ApiParts, model: ModelDef): Route[] {
  const { registry, policies } = data
  const path = `/api/${model.name}`
  const whole = parseUrlQuery(registry, model.name, '')
  // Read with the caller's eyes: what the caller may not see is as unknown as what is not there.
  const eyes = (principal: Principal): ParseOptions => ({ eyes: eyesOf(policies, principal) })
  const shapeOf = (principal: Principal, query: string): Query =>
    query === '' ? whole : parseUrlShape(registry, model.name, query, eyes(principal))
  /** Before the question is read: a closed model answers every question alike. */
  const enter = async (request: HttpRequest): Promise<Principal> => {
    const principal = await identify(request)
    if (ruleFor(policies, principal, model.name, 'read').is === 'false') throw closed(model, 'read', principal)
    return principal
  }
  const version = versionReader(model)

  const page = async (request: HttpRequest, principal: Principal, query: Query): Promise<HttpReply> => {
    const { rows, texts, next, count } = await data.read(principal, query, request)
    const list = texts ? texts.join(',') : rows!.map((row) => JSON.stringify(row)).join(',')
    const end = count === undefined ? '' : `,"count":${count}`
    return readReply(request, `{"data":[${list}],"next":${next === null ? 'null' : JSON.stringify(next)}${end}}`)
  }
  const list = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await enter(request)
    return page(request, principal, request.query === '' ? whole : parseUrlQuery(registry, model.name, request.query, eyes(principal)))
  }
  const query = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await enter(request)
    refuseParameters(request)
    return page(request, principal, parseQuery(registry, model.name, bodyObject(request.body, '{"where":{}}'), eyes(principal)))
  }
  const get = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await enter(request)
    const where = equal('id', idOf(model, request))
    const { rows, texts } = await data.read(principal, { ...shapeOf(principal, request.query), where, limit: 1, count: false }, request)
    const text = texts ? texts[0] : rows!.length > 0 ? JSON.stringify(rows![0]) : undefined
    if (text === undefined) throw notFound(model)
    return readReply(request, text, version(text))
  }
  const aggregate = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await enter(request)
    const asked = parseUrlAggregate(registry, model.name, request.query, eyes(principal))
    return readReply(request, JSON.stringify(await data.aggregate(principal, asked, request)))
  }
  const aggregateQuery = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await enter(request)
    refuseParameters(request)
    const asked = parseAggregate(registry, model.name, bodyObject(request.body, '{"measures":{"rows":"count"}}'), eyes(principal))
    return readReply(request, JSON.stringify(await data.aggregate(principal, asked, request)))
  }
  const create = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    const shape = wantsNothing(request) ? undefined : shapeOf(principal, request.query)
    const row = await data.create(principal, model.name, bodyObject(request.body, '{"name":"value"}'), shape)
    return written(201, row, typeof row?.id === 'string' ? `${path}/${encodeURIComponent(row.id)}` : undefined)
  }
  const update = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    const id = idOf(model, request)
    const shape = wantsNothing(request) ? undefined : shapeOf(principal, request.query)
    return written(
      200,
      await data.update(principal, model.name, id, bodyObject(request.body, '{"name":"value"}'), shape, matching(request)),
    )
  }
  const remove = async (request: HttpRequest): Promise<HttpReply> => {
    const principal = await identify(request)
    refuseParameters(request)
    await data.delete(principal, model.name, idOf(model, request), matching(request))
    return emptyReply()
  }
  const written = (status: number, row: Row | undefined, location?: string): HttpReply => {
    const applied = { 'preference-applied': 'return=minimal' }
    if (!row) return emptyReply(applied, status === 201 ? 201 : 204)
    const text = JSON.stringify(row)
    return rowReply(status, text, version(text), location)
  }

  const route = (name: string, method: Route['method'], at: string, handle: Route['handle'], body?: 'json'): Route => ({
    name: `${model.name}.${name}`,
    method,
    path: `${path}${at}`,
    handle,
    ...((method === 'PATCH' || method === 'DELETE') && { supports: ['if-match'] }),
    ...(body && { body }),
  })
  const routes: readonly (readonly [Parameters<typeof model.api.has>[0], Route])[] = [
    ['list', route('list', 'GET', '', list)],
    ['list', route('query', 'POST', '/query', query, 'json')],
    ['aggregate', route('aggregate', 'GET', '/aggregate', aggregate)],
    ['aggregate', route('aggregateQuery', 'POST', '/aggregate', aggregateQuery, 'json')],
    ['create', route('create', 'POST', '', create, 'json')],
    ['get', route('get', 'GET', '/:id', get)],
    ['update', route('update', 'PATCH', '/:id', update, 'json')],
    ['delete', route('delete', 'DELETE', '/:id', remove)],
  ]
  return routes.filter(([operation]) => model.api.has(operation)).map(([, found]) => found)
}

const matching = (request: HttpRequest): { ifMatch?: string } => {
  const ifMatch = versionAsked(request)
  return ifMatch === undefined ? {} : { ifMatch }
}

/** An id that cannot be one names no row: the same answer as for one that is not there. */
export function idOf(model: ModelDef, request: HttpRequest): string {
  const id = request.params.id!
  const field = model.columns[0]!
  try {
    return String(field.kind.readText(id, field.options))
  } catch {
    throw notFound(model)
  }
}

/**
 * Reads a row's version out of its JSON text without parsing the rest: it stands among the own columns, which come first and
 * hold no text from outside.
 */
function versionReader(model: ModelDef): (text: string) => number | undefined {
  const field = model.fields.get('version')
  if (!field?.own) return () => undefined
  const own = /^\{(?:"(?:id|createdAt|updatedAt)":"(?:[^"\\]|\\.)*",)*"version":(\d+)[,}]/
  return (text) => {
    const match = own.exec(text)
    if (match) return Number(match[1])
    const value: unknown = JSON.parse(text).version
    return typeof value === 'number' ? value : undefined
  }
}

/** What every row of the model shows to a caller, for writes inside a batch. */
export const wholeRow = (data: Data, model: string): Query => ({ ...parseUrlQuery(data.registry, model, ''), where: always })
