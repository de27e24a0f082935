// The operations that every model has, for the OpenAPI document.

import { callerLimits } from '../query/limits.ts'
import { urlWords } from '../query/parse-url.ts'
import type { ModelDef } from '../schema/registry.ts'
import { jsonAnswer, jsonBody, problems, type Operation } from './describe.ts'
import { createName, filterName, ref, rowName, updateName, type Schema } from './schemas.ts'

export interface PlacedOperation {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const parameter = (name: string, schema: Schema, description: string, where: 'query' | 'header' = 'query'): object => ({
  name,
  in: where,
  schema,
  description,
})
const text = { type: 'string' }

const shape = [
  parameter('select', text, 'Fields to show, by commas: `id,title`. All that may be read unless given.'),
  parameter(
    'include',
    text,
    'References and lists to show with the row: `author,comments`; or JSON: `{"lines":{"limit":5,"sort":"-createdAt"}}`.',
  ),
]
const where = parameter('where', text, 'A filter as JSON; together with the bare ones.')
/** Of the model's fields those that are called like a parameter are told: bare, their name is the parameter. */
function bare(model: ModelDef): object {
  const words = [...model.fields.keys()].filter((name) => urlWords.has(name))
  const told = words.map((name) => `\`${name}.eq\``).join(', ')
  return {
    name: 'filters',
    in: 'query',
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties: text, ...(told && { propertyNames: { not: { enum: [...urlWords] } } }) },
    description:
      'Bare filters: `status=paid`, `views.gte=10`, `status.in=paid&status.in=shipped`, `due.null=true`, `author.team.name=red`.' +
      (told && ` A name alone that is also a parameter is the parameter; the fields are: ${told}.`),
  }
}
const search = parameter('search', text, 'Words to look for in the searchable fields; the best come first.')
const page = [
  parameter('sort', text, 'Fields to sort by, by commas, `-` before one for descending: `-createdAt,title`.'),
  parameter('limit', { type: 'integer', minimum: 1, maximum: 200, default: 50 }, 'Rows on the page.'),
  parameter(
    'offset',
    { type: 'integer', minimum: 0, maximum: callerLimits.maxOffset, default: 0 },
    'Rows to pass over, for numbered pages; not beside `after`, which is faster.',
  ),
  parameter('after', text, '`next` of the page before.'),
  parameter('count', { type: 'boolean', default: false }, 'Also count all rows that pass.'),
]
const ifMatch = parameter('If-Match', text, 'The ETag of the row as it was read: if it has changed since, 412.', 'header')
export const ifNoneMatch: object = parameter(
  'If-None-Match',
  text,
  'The ETag of an answer that is there already: if it still holds, 304.',
  'header',
)
const prefer = parameter(
  'Prefer',
  { type: 'string', enum: ['return=minimal', 'return=representation'] },
  '`return=minimal`: do not send the row back.',
  'header',
)
export const etag: object = { ETag: { schema: text, description: 'Version and hash of the answer.' } }
export const notModified: Record<string, object> = { 304: { description: 'As it was.' } }

export function modelOperations(model: ModelDef): PlacedOperation[] {
  const { name, label } = model
  const rows = {
    type: 'object',
    properties: { data: { type: 'array', items: ref(rowName(name)) }, next: { type: ['string', 'null'] }, count: { type: 'integer' } },
    required: ['data', 'next'],
  }
  const groups = { type: 'array', items: { type: 'object', additionalProperties: true } }
  const of = (operation: string, summary: string, rest: Record<string, unknown> & { responses: Record<string, unknown> }): Operation => ({
    tags: [name],
    operationId: `${name}.${operation}`,
    summary: `${summary} ${label.toLowerCase()}`,
    ...rest,
  })
  const one = (description: string): object => ({ ...jsonAnswer(description, ref(rowName(name))), headers: etag })
  const at = `/api/${name}`
  const query = {
    type: 'object',
    additionalProperties: false,
    properties: {
      where: ref(filterName(name)),
      sort: { anyOf: [text, { type: 'array', items: text }] },
      select: { type: 'array', items: text },
      include: { type: 'object' },
      limit: { type: 'integer', minimum: 1, maximum: 200 },
      offset: { type: 'integer', minimum: 0, maximum: callerLimits.maxOffset },
      after: text,
      count: { type: 'boolean' },
      search: text,
    },
  }
  const aggregate = {
    type: 'object',
    additionalProperties: false,
    properties: {
      where: ref(filterName(name)),
      search: text,
      group: { type: 'array', items: { anyOf: [text, { type: 'object', additionalProperties: text }] } },
      zone: text,
      measures: { type: 'object', additionalProperties: { anyOf: [text, { type: 'object', additionalProperties: text }] } },
      having: { type: 'object' },
      sort: { anyOf: [text, { type: 'array', items: text }] },
      limit: { type: 'integer', minimum: 1 },
    },
  }
  const measures = ['countDistinct', 'sum', 'avg', 'min', 'max'].map((fn) =>
    parameter(fn, text, `Fields by commas; \`${fn}=total\` is called \`${fn}_total\` in the answer.`),
  )
  const all: readonly (readonly [string, string, string, Operation])[] = [
    [
      'list',
      'GET',
      at,
      of('list', 'List', {
        parameters: [...page, search, where, bare(model), ...shape, ifNoneMatch],
        responses: { 200: { ...jsonAnswer('A page of rows.', rows), headers: etag }, ...notModified, ...problems(400, 401, 403, 422) },
      }),
    ],
    [
      'create',
      'POST',
      at,
      of('create', 'Create in', {
        parameters: [...shape, prefer],
        requestBody: jsonBody(ref(createName(name))),
        responses: {
          201: { ...one('The new row.'), headers: { ...etag, Location: { schema: text, description: 'Where the row is.' } } },
          ...problems(400, 401, 403, 409, 415, 422),
        },
      }),
    ],
    [
      'list',
      'POST',
      `${at}/query`,
      of('query', 'Query', {
        requestBody: jsonBody(query),
        responses: { 200: jsonAnswer('A page of rows.', rows), ...problems(400, 401, 403, 415, 422) },
      }),
    ],
    [
      'aggregate',
      'GET',
      `${at}/aggregate`,
      of('aggregate', 'Aggregate', {
        parameters: [
          parameter('group', text, 'Fields to group by, by commas; of times also a unit: `status,placedAt.month`.'),
          parameter('zone', text, 'The time zone of the units: `Europe/Berlin`. Default UTC.'),
          parameter('count', { type: 'boolean' }, 'Count the rows, as `count`.'),
          ...measures,
          parameter('measures', text, 'Measures with names of their own, as JSON: `{"revenue":{"sum":"total"}}`.'),
          parameter('having', text, 'A filter on the answer, as JSON.'),
          parameter('sort', text, 'Names of the answer, `-` before one for descending.'),
          parameter('limit', { type: 'integer', minimum: 1 }, 'Rows of the answer.'),
          search,
          where,
          bare(model),
          ifNoneMatch,
        ],
        responses: { 200: jsonAnswer('One row a group.', groups), ...notModified, ...problems(400, 401, 403, 422) },
      }),
    ],
    [
      'aggregate',
      'POST',
      `${at}/aggregate`,
      of('aggregateQuery', 'Aggregate by a body:', {
        requestBody: jsonBody(aggregate),
        responses: { 200: jsonAnswer('One row a group.', groups), ...problems(400, 401, 403, 415, 422) },
      }),
    ],
    [
      'get',
      'GET',
      `${at}/:id`,
      of('get', 'Read one of', {
        parameters: [...shape, ifNoneMatch],
        responses: { 200: one('The row.'), ...notModified, ...problems(400, 401, 403, 404) },
      }),
    ],
    [
      'update',
      'PATCH',
      `${at}/:id`,
      of('update', 'Change one of', {
        parameters: [...shape, ifMatch, prefer],
        requestBody: jsonBody(ref(updateName(name))),
        responses: {
          200: one('The row as it is now.'),
          204: { description: 'Changed, and not sent back.' },
          ...problems(400, 401, 403, 404, 409, 412, 415, 422),
        },
      }),
    ],
    [
      'delete',
      'DELETE',
      `${at}/:id`,
      of('delete', 'Delete one of', {
        parameters: [ifMatch],
        responses: { 204: { description: 'Deleted.' }, ...problems(400, 401, 403, 404, 409, 412) },
      }),
    ],
  ]
  return all
    .filter(([operation]) => (model.api as ReadonlySet<string>).has(operation))
    .map(([, method, path, operation]) => ({ method, path, operation }))
}
