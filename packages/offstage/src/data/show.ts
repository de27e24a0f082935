// The one serializer: whatever leaves as a row has been authorised, masked and put into form here.

import { authoriseShape } from '../query/authorise.ts'
import { and } from '../query/build.ts'
import { closed, ruleFor } from '../query/policies.ts'
import type { Principal } from '../query/principal.ts'
import { settle } from '../query/rules.ts'
import type { Filter, Shape } from '../query/tree.ts'
import type { Json, Row } from '../schema/kind.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { byId, idName, rawQuery, txOf, type Work } from './core.ts'
import { notFound, notShown } from './refusals.ts'

/** Wire form to what server code holds, in place: the rows are the caller's alone. */
export function toServer(registry: Registry, shape: Shape, rows: readonly Row[]): any[] {
  const model = registry.models.get(shape.model)!
  const instants = instantsOf(model)
  for (const row of rows) {
    for (const name of instants) {
      const value = row[name]
      // Under the name of a column that was not selected an include may stand: that is no text.
      if (typeof value === 'string') row[name] = new Date(value) as unknown as Json
    }
    for (const include of shape.include) {
      if (include.kind === 'one' && row[include.as] !== null) toServer(registry, include.shape, [row[include.as] as Row])
      if (include.kind === 'many') toServer(registry, include.query, row[include.as] as Row[])
    }
  }
  return rows as any[]
}

const instants = new WeakMap<ModelDef, readonly string[]>()

function instantsOf(model: ModelDef): readonly string[] {
  let names = instants.get(model)
  if (!names) instants.set(model, (names = model.columns.filter((field) => field.kind.toServer).map((field) => field.name)))
  return names
}

/** A row as hooks see it: without hidden columns, in server form. */
export function hookRow(model: ModelDef, row: Row): any {
  const copy: Record<string, unknown> = {}
  for (const { name, hidden, kind } of model.columns) {
    if (hidden) continue
    const value = row[name]!
    copy[name] = value === null ? null : kind.toServer ? kind.toServer(value) : typeof value === 'object' ? structuredClone(value) : value
  }
  return copy
}

const users = new WeakMap<Principal, any>()

/** The caller as code sees it; null for strangers and the system. */
export function userOf(registry: Registry, principal: Principal): any {
  if (principal.kind !== 'user' || !registry.user) return null
  let user = users.get(principal)
  if (!user) users.set(principal, (user = hookRow(registry.user, principal.row)))
  return user
}

/** Whether a bound filter holds on a row of this transaction, whose columns are known. */
export async function holds(work: Work, model: ModelDef, row: Row, filter: Filter): Promise<boolean> {
  const rest = settle(filter, row, model)
  if (rest.is === 'true' || rest.is === 'false') return rest.is === 'true'
  return (await txOf(work).count(model.name, and([byId(model, row[idName(model)] as string), rest]))) > 0
}

/** The row as it is now: as in memory, unless something was written since. Undefined when it is gone. */
export async function latest(work: Work, model: ModelDef, row: Row, mark: number): Promise<Row | undefined> {
  if (work.frame.root.writes === mark) return row
  const page = await txOf(work).list(rawQuery(model, byId(model, row[idName(model)] as string), 1))
  return page.rows[0]
}

/** A row just written, as its writer asked to see it. Without the right to read it, nothing may have been written. */
export async function showWritten(work: Work, model: ModelDef, row: Row, mark: number, back: Shape): Promise<Row> {
  const { core, principal } = work
  const read = ruleFor(core.policies, principal, model.name, 'read')
  if (read.is === 'false') throw model.rules.read === undefined ? closed(model, 'read', principal) : notShown(model, principal)
  const shape = authoriseShape({ model: model.name, select: back.select, include: back.include }, principal, core.policies)
  const shown = work.frame.root.writes === mark ? fromMemory(model, row, shape, read) : undefined
  if (shown === 'unreadable') throw notShown(model, principal)
  if (shown) return shown
  const test = read.is === 'true' ? {} : { tests: [{ as: '~read', where: read }] }
  const page = await txOf(work).list({ ...rawQuery(model, byId(model, row[idName(model)] as string), 1), ...shape, ...test })
  const found = page.rows[0]
  if (!found) throw notFound(model)
  if (read.is === 'true') return found
  const { '~read': readable, ...rest } = found
  if (readable !== true) throw notShown(model, principal)
  return rest
}

/** Without the database, where nothing beyond the row decides; undefined where something does. */
function fromMemory(model: ModelDef, row: Row, shape: Shape, read: Filter): Row | 'unreadable' | undefined {
  if (shape.include.length > 0) return undefined
  const readable = settle(read, row, model)
  if (readable.is === 'false') return 'unreadable'
  if (readable.is !== 'true') return undefined
  const shown: Row = {}
  for (const { field, mask } of shape.select) {
    const seen = mask && settle(mask, row, model)
    if (seen && seen.is !== 'true' && seen.is !== 'false') return undefined
    shown[field] = seen?.is === 'false' ? null : row[field]!
  }
  return shown
}
