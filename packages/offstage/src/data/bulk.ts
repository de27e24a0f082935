// Writes on many rows: all those that pass the caller's filter and the rules, in chunks by id, in one transaction, row by row.

import { OffstageError } from '../base/errors.ts'
import { isPlain } from '../base/realms.ts'
import { authoriseFilter } from '../query/authorise.ts'
import { and } from '../query/build.ts'
import { parseFilter } from '../query/parse-json.ts'
import { closed, ruleFor } from '../query/policies.ts'
import type { Filter } from '../query/tree.ts'
import type { ModelDef } from '../schema/registry.ts'
import { byId, idName, type Scope, type Work } from './core.ts'
import { readFrom, tooManyRowsError, valuesError } from './mistakes.ts'
import { write, type AsWriter } from './operations.ts'
import { parsingAs } from './reads.ts'
import { invalidValues } from './refusals.ts'
import { lockRows, type Locked } from './rows.ts'
import { readGiven, writerIn, type Given } from './values.ts'

/** Rows of one bulk write. */
export const maxBulk = 10_000
const chunk = 500

export function updateMany(scope: Scope, model: ModelDef, where: unknown, values: unknown): Promise<number> {
  const read = (writer: AsWriter): { passing: Filter; given: Given } => {
    const passing = rowsOf(writer, model, where, 'update')
    const given = readGiven(writerIn(writer), model, values, 'update')
    if (given.lists.length > 0) {
      const errors = given.lists.map(({ field }) => ({ path: field.name, code: 'not_in_bulk', message: 'Lists are written row by row.' }))
      throw valuesError(writer.author, invalidValues(errors), true)
    }
    return { passing, given }
  }
  return write(scope, read, (work, { passing, given }) =>
    eachLocked(work, model, passing, 'update', given, async (found) => void (await work.core.writes.update(work, model, found, given))),
  )
}

export function deleteMany(scope: Scope, model: ModelDef, where: unknown): Promise<number> {
  return write(
    scope,
    (writer) => rowsOf(writer, model, where, 'delete'),
    (work, passing) => eachLocked(work, model, passing, 'delete', undefined, ({ row }) => work.core.writes.remove(work, model, row)),
  )
}

/** Closed first; then the caller's filter, what of it the caller may read, and of that what may be written. */
function rowsOf(writer: AsWriter, model: ModelDef, where: unknown, action: 'update' | 'delete'): Filter {
  const { core, principal, author } = writer
  const { policies, registry } = core
  const rule = ruleFor(policies, principal, model.name, action)
  if (rule.is === 'false') throw closed(model, action, principal)
  if (isPlain(where) && Object.keys(where).length === 1 && (where as { all?: unknown }).all === true) return rule
  const filter = readFrom(author, registry, () => {
    const read = parseFilter(registry, model.name, where, parsingAs(writer))
    if (read.is !== 'true') return read
    throw new OffstageError('invalid_filter', {
      detail: `This filter passes every row of ${model.name}. Write { all: true } if that is meant.`,
    })
  })
  return and([authoriseFilter(model.name, filter, principal, policies), rule])
}

async function eachLocked(
  work: Work,
  model: ModelDef,
  where: Filter,
  action: 'update' | 'delete',
  given: Given | undefined,
  run: (found: Locked) => Promise<void>,
): Promise<number> {
  const { root } = work.frame
  const key = idName(model)
  let done = 0
  for (let after: Filter | undefined; ;) {
    const rows = await lockRows(work, model, after ? and([where, after]) : where, chunk, action, given)
    let stale = false
    for (const found of rows) {
      const now = stale ? (await lockRows(work, model, and([where, byId(model, found.row[key] as string)]), 1, action, given))[0] : found
      if (!now) continue
      if (++done > maxBulk) {
        const detail = `A bulk write takes at most ${maxBulk} rows, and more of ${model.name} pass. Narrow the filter, or write in parts.`
        throw tooManyRowsError(work.author, new OffstageError('too_many_rows', { detail }))
      }
      const mark = root.writes
      await run(now)
      // Its hooks may have changed the rows after it: for those holds what is there then.
      stale ||= root.writes > mark + 1
    }
    if (rows.length < chunk) return done
    after = { is: 'compare', field: key, op: 'gt', value: rows.at(-1)!.row[key] as string }
  }
}
