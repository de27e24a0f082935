// The small app that the tests of questions are about, and how to ask it.

import assert from 'node:assert/strict'
import { OffstageError } from '../../src/base/errors.ts'
import { parseFilter } from '../../src/query/parse-json.ts'
import { parseUrlQuery } from '../../src/query/parse-url.ts'
import type { Principal } from '../../src/query/principal.ts'
import { compileRules, type Policies } from '../../src/query/rules.ts'
import { createModel } from '../../src/schema/model.ts'
import type { Registry } from '../../src/schema/registry.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { t as typed } from '../../src/schema/t.ts'

const t = typed as any
const me = t.me

const models = {
  users: createModel({
    name: t.text(),
    email: t.email(),
    role: t.enum('member', 'manager').writable('nobody'),
    resetToken: t.text().hidden(),
    budget: t.integer().readable(me.is({ role: 'manager' })),
    team: t.ref('teams').optional(),
    tasks: t.many('tasks', 'author'),
  }),
  teams: createModel({ name: t.text(), secrets: t.many('secrets', 'team') }),
  tasks: createModel({
    title: t.text().searchable(),
    views: t.integer(),
    price: t.decimal(8, 2).optional(),
    due: t.datetime().optional(),
    status: t.enum('open', 'paid', 'done'),
    meta: t.json().optional(),
    open: t.boolean(),
    author: t.ref('users').optional(),
    comments: t.many('comments', 'task'),
    note: t.text().readable({ open: true }).optional(),
  }),
  comments: createModel({ text: t.text(), approved: t.boolean(), task: t.ref('tasks') }),
  secrets: createModel({ code: t.text(), team: t.ref('teams') }),
}
models.users.access({ read: 'everyone' })
models.teams.access({ read: 'everyone' })
models.tasks.access({ read: 'everyone' })
models.comments.access({ read: { approved: true } })
export const registry: Registry = resolve({ models, user: 'users' })
export const policies: Policies = compileRules(registry)
export const alice: Principal = { kind: 'user', id: 'alice', row: { id: 'alice', role: 'member' } }

export const filter = (where: unknown): unknown => parseFilter(registry, 'tasks', where)
export const url = (query: string): unknown => parseUrlQuery(registry, 'tasks', query).where

/** What a caller is told. */
export function refusal(run: () => unknown): { code: string; status: number; detail: string } {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof OffstageError, String(error))
    return { code: error.code, status: error.status, detail: error.detail! }
  }
  assert.fail('It was not refused.')
}
