// The models and trees that the contract is told with.

import { createModel } from '../../schema/model.ts'
import type { Json, Row } from '../../schema/kind.ts'
import type { Registry } from '../../schema/registry.ts'
import { resolve } from '../../schema/resolve.ts'
import { t } from '../../schema/t.ts'
import type { Filter, Include, Query, Sort } from '../../query/tree.ts'
import type { Store } from '../store.ts'

/** Opens a database with the tables of the models: a fresh one, or with a name the one that was opened under that name before. */
export type OpenStore = (registry: Registry, name?: string) => Promise<Store>

const any = t as any

/** People and their notes, with a field of every kind. */
export function notesRegistry(): Registry {
  return resolve({
    models: {
      people: createModel({
        name: any.text().searchable(),
        email: any.email().unique().optional(),
        balance: any.decimal(18, 2).default('0.00'),
        notes: any.many('notes', 'owner'),
      }),
      notes: createModel(
        {
          text: any.text(),
          owner: any.ref('people').optional(),
          parent: any.ref('notes').optional(),
          done: any.boolean().default(false),
          stars: any.integer({ min: 0, max: 5 }).optional(),
          views: any.integer().default(0),
          ratio: any.number().optional(),
          due: any.datetime().optional(),
          day: any.date().optional(),
          status: any.enum('draft', 'open').default('draft'),
          meta: any.json().optional(),
          link: any.url({ max: 255 }).optional(),
          replies: any.many('notes', 'parent'),
        },
        { unique: [['owner', 'link']] },
      ),
    },
  } as never)
}

export const at = '2026-01-31T12:00:00.000Z'
export const all: Filter = { is: 'true' }

export function person(id: string, values: Row = {}): Row {
  return { id, createdAt: at, updatedAt: at, version: 1, name: id, email: null, balance: '0.00', ...values }
}

export function note(id: string, values: Row = {}): Row {
  return {
    id,
    createdAt: at,
    updatedAt: at,
    version: 1,
    text: id,
    owner: null,
    parent: null,
    done: false,
    stars: null,
    views: 0,
    ratio: null,
    due: null,
    day: null,
    status: 'draft',
    meta: null,
    link: null,
    ...values,
  }
}

export const compare = (
  field: string,
  value: string | number | boolean,
  op: 'eq' | 'lt' | 'gt' | 'contains' | 'startsWith' | 'endsWith' = 'eq',
): Filter => ({ is: 'compare', field, op, value })
export const not = (of: Filter): Filter => ({ is: 'not', of })
/** `-stars` goes down. */
export const by = (name: string): Sort => ({ term: { through: [], field: name.replace('-', '') }, desc: name.startsWith('-') })

export function query(model: string, fields: readonly string[], rest: Partial<Query> = {}): Query {
  return { model, select: fields.map((field) => ({ field })), include: [], where: all, sort: [by('id')], limit: 50, count: false, ...rest }
}

export const many = (field: string, fields: readonly string[], model: string, rest: Partial<Query> = {}): Include => ({
  kind: 'many',
  as: field,
  field,
  query: query(model, fields, { limit: undefined, ...rest }),
})

export async function insert(store: Store, model: string, rows: readonly Row[]): Promise<void> {
  await store.transaction(
    async (tx) => {
      for (const row of rows) await tx.insert(model, row)
    },
    { timeout: 300_000 },
  )
}

export async function read(store: Store, model: string, id: string, field: string): Promise<Json> {
  const { rows } = await store.list(query(model, [field], { where: compare('id', id) }))
  return rows[0]?.[field] ?? null
}
