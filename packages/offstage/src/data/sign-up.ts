// A user made out of what a stranger sent.

import { OffstageError } from '../base/errors.ts'
import { always } from '../query/build.ts'
import { writableFor } from '../query/policies.ts'
import type { Principal } from '../query/principal.ts'
import type { Policies } from '../query/rules.ts'
import type { Filter } from '../query/tree.ts'
import type { Row } from '../schema/kind.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { idName, type Core, type Work } from './core.ts'
import { begin, type Frame } from './frames.ts'
import { notWritable } from './refusals.ts'
import { defaultValue, mayGive, readGiven } from './values.ts'

export async function signUp(core: Core, outer: Frame | undefined, values: object): Promise<Row> {
  const model = core.registry.user
  if (!model) throw new OffstageError('invalid_call', { detail: 'The app has no user model, so nobody can sign up.' })
  // Whoever hands them on: they are what a stranger sent.
  const author = 'caller'
  return begin(core, outer, async (frame) => {
    const newcomer = bare(model, core.newId())
    frame.root.causes.add(newcomer)
    const login = loginsOf(model)
    const given = readGiven({ policies: core.policies, principal: newcomer, author }, model, values, 'create', login)
    const rules = new Map(
      given.columns.map(({ field }) => [field, login.has(field.name) ? always : settled(writableFor(core.policies, newcomer, field))]),
    )
    const refused = given.columns.filter(({ field }) => rules.get(field)!.is === 'false').map(({ field }) => field.name)
    if (refused.length > 0) throw notWritable(model, refused)
    const work: Work = { core, principal: newcomer, author, frame }
    const id = { field: model.columns[0]!, value: newcomer.id }
    const all = given.columns.some(({ field }) => field === id.field) ? given : { ...given, columns: [...given.columns, id] }
    const { row } = await core.writes.create(work, model, all, { rule: always, writable: (field: FieldDef) => rules.get(field) ?? always })
    return Object.fromEntries(model.columns.filter(({ hidden }) => !hidden).map(({ name }) => [name, row[name]!]))
  })
}

const loginsOf = (model: ModelDef): ReadonlySet<string> =>
  new Set(model.columns.filter((field) => field.kind.name === 'email' && field.unique).map(({ name }) => name))

/** The columns that a sign-up takes, of some newcomers at least. */
export function signUpColumns(policies: Policies, model: ModelDef): readonly FieldDef[] {
  const principal = bare(model, 'newcomer')
  const login = loginsOf(model)
  return model.columns.filter(
    (field) =>
      login.has(field.name) || (mayGive({ policies, principal }, field) && settled(writableFor(policies, principal, field)).is !== 'false'),
  )
}

/**
 * The newcomer with nothing of what was sent: only defaults. Else whoever sends `role: 'admin'` would be the admin who may write it,
 * and whoever names a team would be of that team.
 */
function bare(model: ModelDef, id: string): Extract<Principal, { kind: 'user' }> {
  const row: Row = {}
  for (const field of model.columns) row[field.name] = field.own ? null : (defaultValue(field, { kind: 'anonymous' }) ?? null)
  row[idName(model)] = id
  return { kind: 'user', id, row }
}

/** What would have to be asked of the newcomer's own row must not be: that row is not there yet, and then it holds what was sent. */
function settled(rule: Filter): Filter {
  return asksAboutCaller(rule) ? { is: 'false' } : rule
}

function asksAboutCaller(filter: Filter): boolean {
  switch (filter.is) {
    case 'exists':
      return true
    case 'and':
    case 'or':
      return filter.of.some(asksAboutCaller)
    case 'not':
      return asksAboutCaller(filter.of)
    case 'some':
      return asksAboutCaller(filter.where)
    default:
      return false
  }
}
