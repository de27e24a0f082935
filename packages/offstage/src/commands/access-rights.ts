// What rights hang on: who may write it may give rights away.

import { isMe } from '../query/build.ts'
import { compileRule, type Policies } from '../query/rules.ts'
import { callerColumns } from '../query/self-grant.ts'
import type { Filter } from '../query/tree.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { routedEndpoints } from '../schema/check-endpoints.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'
import { byName, linesOf, type Section } from './access-lines.ts'

interface Ruled {
  readonly model: ModelDef | undefined
  readonly rule: Filter
}

/** Columns of the caller's own row that rules look at, and lists in which rules look for the caller. */
export function rightsSection(app: AppDeclaration, policies: Policies): Section {
  const { registry } = policies
  const { user } = registry
  const rules = user === undefined ? [] : [...everyRule(app, policies)]
  const columns = new Set(rules.flatMap(({ model, rule }) => [...callerColumns(registry, user!, model, rule)]))
  const fields = [...columns].flatMap((name) => user!.fields.get(name) ?? []).filter(({ own }) => !own)
  const ofColumns = fields.toSorted(byName).flatMap((field) => {
    const rule = policies.models.get(user!.name)!.writable.get(field.name)
    return rule === undefined ? [] : linesOf(registry, user, `${user!.name}.${field.name}`, rule, 'every row that they may write')
  })
  const between = new Set(rules.flatMap(({ model, rule }) => [...listsWithCaller(registry, model, rule, false)]))
  const ofRows = [...between]
    .toSorted()
    .map((name) => ({ what: `rows of ${name}`, who: 'whoever may create, update or delete them', rows: '' }))
  return {
    title: 'What rights hang on',
    note: 'Rules look at these to know what a caller may. Who may write them may give rights away.',
    place: undefined,
    headings: ['', 'who may write it', 'of which rows'],
    lines: [...ofColumns, ...ofRows],
  }
}

function* everyRule(app: AppDeclaration, { registry, models }: Policies): Generator<Ruled> {
  for (const model of registry.models.values()) {
    const { rules, readable, writable } = models.get(model.name)!
    for (const rule of [...Object.values(rules), ...readable.values(), ...writable.values()]) yield { model, rule }
  }
  for (const rule of [...routedEndpoints(app).map(({ node }) => node.spec.allow), app.admin, app.docs])
    yield { model: undefined, rule: compileRule(registry, undefined, rule) }
}

/** The models whose rows make a caller a member of something. `own`: it is asked of the caller's own row. */
function* listsWithCaller(registry: Registry, model: ModelDef | undefined, filter: Filter, own: boolean): Generator<string> {
  switch (filter.is) {
    case 'and':
    case 'or':
      for (const part of filter.of) yield* listsWithCaller(registry, model, part, own)
      return
    case 'not':
      yield* listsWithCaller(registry, model, filter.of, own)
      return
    case 'me':
      yield* listsWithCaller(registry, registry.user, filter.where, true)
      return
    case 'some': {
      const field = model?.fields.get(filter.field)
      const target = registry.models.get(field?.target ?? '')
      if (field?.kind.name === 'many' && (own || namesCaller(filter.where))) yield field.through ?? field.target!
      yield* listsWithCaller(registry, target, filter.where, own)
      return
    }
    default:
  }
}

function namesCaller(filter: Filter): boolean {
  switch (filter.is) {
    case 'and':
    case 'or':
      return filter.of.some(namesCaller)
    case 'not':
      return namesCaller(filter.of)
    case 'some':
      return namesCaller(filter.where)
    case 'compare':
      return isMe(filter.value)
    case 'in':
      return filter.values.some(isMe)
    default:
      return filter.is === 'me'
  }
}
