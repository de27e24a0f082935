// Pieces of an OpenAPI document.

import { codes } from '../base/codes.ts'
import { ref, type Schema } from './schemas.ts'

export type Operation = Record<string, unknown> & { readonly responses: Record<string, unknown> }

/** `finishAll` becomes `Finish all`. */
export const humanise = (name: string): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

export const jsonBody = (schema: Schema, required = true): object => ({ required, content: { 'application/json': { schema } } })
export const jsonAnswer = (description: string, schema: Schema): object => ({ description, content: { 'application/json': { schema } } })
export const problems = (...statuses: readonly number[]): Record<string, object> =>
  Object.fromEntries([...new Set(statuses)].sort().map((status) => [String(status), { $ref: `#/components/responses/problem${status}` }]))

const text = { type: 'string' }
export const problemSchema: Schema = {
  type: 'object',
  description: 'An error, as RFC 9457 has it.',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: text,
    requestId: text,
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: text, code: text, message: text }, required: ['path', 'code', 'message'] },
    },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
}
export const problemAnswer = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: ref('problem') } },
})

/** What an answer of this status can mean, by the codes that have it. */
export const problemTitles = (status: number): string =>
  Object.entries(codes)
    .flatMap(([name, code]) => (code.status === status ? [`${code.title} (\`${name}\`).`] : []))
    .join(' ')
export const problemResponse = (status: number): object => problemAnswer(problemTitles(status))
