import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openJudge, type Answer } from './answers.ts'

const json = (schema: object): object => ({ content: { 'application/json': { schema } } })
const judge = openJudge({
  openapi: '3.1.0',
  paths: {
    '/notes/{id}': {
      get: { responses: { 200: json({ $ref: '#/components/schemas/Note' }), 404: { $ref: '#/components/responses/Gone' } } },
    },
    '/notes/new': { get: { responses: { 200: json({ type: 'string' }) } }, delete: { responses: { 204: { description: 'Done' } } } },
  },
  components: {
    schemas: {
      Note: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } }, required: ['at'], additionalProperties: false },
    },
    responses: { Gone: json({ type: 'null' }) },
  },
})
const answer = (given: Partial<Answer>): Answer => ({
  method: 'GET',
  path: '/notes/1',
  status: 200,
  type: 'application/json; charset=utf-8',
  body: '{"at":"2026-01-02T03:04:05.678Z"}',
  ...given,
})

test('an answer that is as documented has no fault', () => {
  for (const given of [
    {},
    { path: '/notes/1?x=/y' },
    { status: 404, body: 'null' },
    { path: '/notes/new', body: '"blank"' },
    { method: 'DELETE', path: '/notes/new', status: 204, type: null, body: '' },
  ])
    assert.deepEqual(judge(answer(given)).problems, [], JSON.stringify(given))
  assert.equal(judge(answer({})).operation, 'GET /notes/{id}')
})

test('whatever is not documented is a fault: path, method, status, type, body', () => {
  const faults: [Partial<Answer>, RegExp][] = [
    [{ path: '/nowhere' }, /GET \/nowhere is not in the document/],
    [{ path: '/notes/1/2' }, /is not in the document/],
    [{ method: 'POST' }, /POST \/notes\/1 is not in the document/],
    [{ status: 500 }, /the status 500 is not/],
    [{ type: 'text/html' }, /the type 'text\/html' is not/],
    [{ type: null }, /the type 'null' is not/],
    [{ body: '{' }, /no JSON/],
    [{ body: '{}' }, /must have required property 'at'/],
    [{ body: '{"at":"yesterday"}' }, /\/at must match format "date-time"/],
    [{ body: '{"at":"2026-01-02T03:04:05Z","more":1}' }, /must NOT have additional properties/],
    [{ status: 404, body: '{}' }, /must be null/],
    [{ path: '/notes/new', body: '{}' }, /must be string/],
    [{ method: 'DELETE', path: '/notes/new', status: 204, body: '{}' }, /a body where none is documented/],
  ]
  for (const [given, said] of faults) assert.match(judge(answer(given)).problems.join('\n'), said)
})
