// Deleting a row, and what its deletion does to the rows that refer to it. The database's own keys only ever refuse: what goes along
// goes through here, so that hooks run and the log knows. Once the delete itself is allowed, no rule is asked about the rest.

import { and, equal } from '../query/build.ts'
import type { Filter } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { byId, idName, rawQuery, txOf, type Work } from './core.ts'
import { askHooks, runHooks } from './hooks.ts'
import { notFound } from './refusals.ts'
import { changeRow, dropRow } from './rows.ts'
import { latest } from './show.ts'
import { stamp } from './stamp.ts'
import { sameValue } from './values.ts'

const chunk = 200

/** `leaving` are the rows whose deletion led here: they refer to each other and go together. */
export async function removeRow(work: Work, model: ModelDef, row: Row, leaving: ReadonlySet<string> = new Set()): Promise<void> {
  const id = row[idName(model)] as string
  const mark = work.frame.root.writes
  await runHooks(work, model, 'deleting', row)
  const going = new Set([...leaving, keyOf(model, id)])
  for (const field of work.core.registry.referrers.get(model.name) ?? []) await release(work, field, id, going)
  const last = await latest(work, model, row, mark)
  if (!last) throw notFound(model)
  await dropRow(work, model, last)
  await runHooks(work, model, 'deleted', last)
}

const keyOf = (model: ModelDef, id: string): string => `${model.name} ${id}`

/** `restrict` needs nothing here: the database refuses the deletion while a reference is left. */
async function release(work: Work, field: FieldDef, id: string, going: ReadonlySet<string>): Promise<void> {
  const model = work.core.registry.models.get(field.model)!
  const leave = async (row: Row): Promise<void> => {
    // A ring: the row goes too, but its reference must let go first.
    if (going.has(keyOf(model, row[idName(model)] as string)))
      return field.optional ? void (await changeRow(work, model, row, { [field.name]: null }, undefined)) : undefined
    if (field.onDelete === 'cascade') return removeRow(work, model, row, going)
    if (field.onDelete === 'clear') return clear(work, model, field, row)
  }
  if (field.onDelete === 'restrict' && field.target !== field.model) return
  await eachRow(work, model, equal(field.name, id), leave)
}

/** Every row that passes, in chunks by id; one that an earlier one took along is skipped. */
async function eachRow(work: Work, model: ModelDef, where: Filter, run: (row: Row) => Promise<void>): Promise<void> {
  const { root } = work.frame
  const key = idName(model)
  for (let after: Filter | undefined; ;) {
    const { rows } = await txOf(work).listLocked(rawQuery(model, after ? and([where, after]) : where, chunk))
    let stale = false
    for (const found of rows) {
      const row = stale ? (await txOf(work).list(rawQuery(model, and([where, byId(model, found[key] as string)]), 1))).rows[0] : found
      if (!row) continue
      const mark = root.writes
      await run(row)
      stale ||= root.writes > mark + 1
    }
    if (rows.length < chunk) return
    after = { is: 'compare', field: key, op: 'gt', value: rows.at(-1)![key] as string }
  }
}

async function clear(work: Work, model: ModelDef, field: FieldDef, before: Row): Promise<void> {
  const asked = await askHooks(work, model, 'updating', { ...before, [field.name]: null }, before)
  const changes: Row = { ...stamp(work, model, before) }
  for (const { name } of model.columns) if (!sameValue(asked[name], before[name])) changes[name] = asked[name]!
  const row = await changeRow(work, model, before, changes, undefined)
  await runHooks(work, model, 'updated', row, before)
}
