// Hooks: the app's own code inside the transaction of a write, for whoever writes.

import { OffstageError } from '../base/errors.ts'
import { nameOfType } from '../base/json.ts'
import { isPlain } from '../base/realms.ts'
import { ValueError, type Row } from '../schema/kind.ts'
import type { Hook, HookEvent, ModelDef } from '../schema/registry.ts'
import type { Work } from './core.ts'
import { Frame, inside } from './frames.ts'
import { appError } from './mistakes.ts'
import { invalidValues } from './refusals.ts'
import { hookRow, userOf } from './show.ts'
import { readColumn } from './values.ts'

/** Hooks that one write may set off through each other. */
export const maxHookDepth = 8

/** Runs the hooks of an event one after another; `row` and `before` in wire form. */
export async function runHooks(work: Work, model: ModelDef, event: HookEvent, row: Row, before?: Row): Promise<void> {
  for (const hook of model.hooks[event]) await call(work, model, event, hook, row, before)
}

/** As `runHooks`, for the `-ing` events: gives the row with what the hooks changed, each seeing what those before it did. */
export async function askHooks(work: Work, model: ModelDef, event: 'creating' | 'updating', row: Row, before?: Row): Promise<Row> {
  let next = row
  for (const hook of model.hooks[event]) {
    const answer = await call(work, model, event, hook, next, before)
    if (answer !== undefined && answer !== null) next = patched(model, event, hook, next, answer)
  }
  return next
}

async function call(work: Work, model: ModelDef, event: HookEvent, hook: Hook, row: Row, before: Row | undefined): Promise<unknown> {
  const { core, principal, frame } = work
  const chain = [...frame.chain, `${model.name}.${event}`]
  if (chain.length > maxHookDepth) {
    throw new OffstageError('hook_depth', {
      detail: `Hooks set each other off more than ${maxHookDepth} levels deep: ${chain.join(' -> ')}.`,
      hint: 'Let the hook write only when something is different: compare `row` with `before`.',
      place: String(hook.place),
    })
  }
  const own = new Frame(frame.root, frame, chain)
  const db = core.door({ core, who: principal, cause: principal, frame: own, readOnly: false, author: 'app' })
  const change = { row: hookRow(model, row), ...(before && { before: hookRow(model, before) }), user: userOf(core.registry, principal), db }
  return inside(core, own, () => hook.run(change))
}

function patched(model: ModelDef, event: HookEvent, hook: Hook, row: Row, answer: unknown): Row {
  const wrong = (what: string): OffstageError =>
    new OffstageError('invalid_call', {
      detail: `The '${event}' hook of ${model.name} ${what}; it returns an object of columns to set, or nothing.`,
      place: String(hook.place),
    })
  if (!isPlain(answer)) throw wrong(`returned ${nameOfType(answer)}`)
  const next = { ...row }
  for (const [name, value] of Object.entries(answer)) {
    const field = model.fields.get(name)
    if (!field || field.own || field.kind.name === 'many') throw wrong(`returned '${name}', which is no column that it could set`)
    try {
      next[name] = readColumn(field, value)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      const misfit = invalidValues([{ path: name, code: error.code, message: error.message }])
      throw appError(
        misfit.with({ detail: `The '${event}' hook of ${model.name} returned a value that does not fit.`, place: String(hook.place) }),
        'Return values that fit the model; to refuse the row, throw problem(...).',
      )
    }
  }
  return next
}
