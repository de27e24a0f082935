// `offstage explain`: why somebody may or may not do something with a row, part by part of the rule.

import { OffstageError } from '../base/errors.ts'
import { and, equal } from '../query/build.ts'
import { readableFor, ruleFor } from '../query/policies.ts'
import { bind, compileRules, type Policies } from '../query/rules.ts'
import { anonymous, type Principal } from '../query/principal.ts'
import type { Filter, Query } from '../query/tree.ts'
import { describeFilter } from '../query/describe-filter.ts'
import type { Action, ModelDef } from '../schema/registry.ts'
import type { Data } from '../data/data.ts'
import { loginField } from '../app/seed.ts'
import { ownModel } from './import.ts'
import { paint } from './terminal.ts'

const actions: readonly string[] = ['read', 'create', 'update', 'delete']

export async function explain(data: Data, who: string, operation: string, target: string): Promise<string> {
  const slash = target.indexOf('/')
  const model = ownModel(data, slash < 0 ? target : target.slice(0, slash))
  const id = slash < 0 ? undefined : target.slice(slash + 1)
  if (!actions.includes(operation))
    throw new OffstageError('invalid_call', { detail: `${operation} is not an operation; there are: ${actions.join(', ')}.` })
  if (id === undefined && operation !== 'create')
    throw new OffstageError('invalid_call', { detail: `Which row? Write ${model.name}/<id>.` })
  const action = operation as Action

  const policies = compileRules(data.registry)
  const principal = await principalOf(data, who)
  const name = principal.kind === 'anonymous' ? 'A stranger' : who
  const declared = model.rules[action] === undefined
  const head = declared ? `${model.name} has no \`${action}\` rule: nobody may.` : `The rule stands at ${model.rulePlace ?? model.place}.`
  if (id === undefined) {
    const bound = ruleFor(policies, principal, model.name, 'create')
    const verdict = bound.is === 'false' ? 'may not create' : bound.is === 'true' ? 'may create any row of' : 'may create some rows of'
    return [
      verdictLine(`${name} ${verdict} ${model.name}`, bound.is !== 'false'),
      head,
      `  ${describeFilter(data.registry, model, policies.models.get(model.name)!.rules.create)}`,
    ].join('\n')
  }
  if ((await data.store.count(model.name, equal('id', id))) === 0) return verdictLine(`There is no row ${id} in ${model.name}.`, false)
  const holds = (filter: Filter): Promise<boolean> => holdsOn(data, model, id, bind(filter, principal, data.registry))
  const template = policies.models.get(model.name)!.rules[action]
  const allowed = await holds(template)
  const lines = await parts(template, holds, (filter) => describeFilter(data.registry, model, filter), 1)
  const hidden = action === 'read' && allowed ? await unseen(data, policies, principal, model, id) : []
  return [verdictLine(`${name} ${allowed ? 'may' : 'may not'} ${action} ${model.name}/${id}`, allowed), head, ...lines, ...hidden].join(
    '\n',
  )
}

const verdictLine = (text: string, yes: boolean): string => paint(yes ? ['green', 'bold'] : ['red', 'bold'], text)

/** Asked of the database itself, so that the explanation cannot differ from what happens. */
async function holdsOn(data: Data, model: ModelDef, id: string, bound: Filter): Promise<boolean> {
  if (bound.is === 'true' || bound.is === 'false') return bound.is === 'true'
  return (await data.store.count(model.name, and([equal('id', id), bound]))) === 1
}

async function parts(
  filter: Filter,
  holds: (filter: Filter) => Promise<boolean>,
  say: (filter: Filter) => string,
  depth: number,
): Promise<string[]> {
  const mark = (await holds(filter)) ? paint('green', 'true ') : paint('red', 'false')
  const indent = '  '.repeat(depth)
  if (filter.is !== 'and' && filter.is !== 'or') return [`${indent}${mark}  ${say(filter)}`]
  const inner = await Promise.all(filter.of.map((part) => parts(part, holds, say, depth + 1)))
  return [`${indent}${mark}  ${filter.is === 'and' ? 'all of' : 'any of'}`, ...inner.flat()]
}

async function unseen(data: Data, policies: Policies, principal: Principal, model: ModelDef, id: string): Promise<string[]> {
  const lines: string[] = []
  for (const field of model.columns) {
    const rule = readableFor(policies, principal, field)
    if (!(await holdsOn(data, model, id, rule)))
      lines.push(`  ${field.name} ${rule.is === 'false' ? 'does not exist for them' : 'is null for them'}`)
  }
  return lines
}

/** By id or login; all columns, as rules may speak of any. */
async function principalOf(data: Data, who: string): Promise<Principal> {
  if (who === 'anonymous') return anonymous
  const users = data.registry.user
  if (users === undefined)
    throw new OffstageError('invalid_call', { detail: 'The app has no user model; only `anonymous` can be asked about.' })
  const login = loginField(users)
  const field = login !== undefined && who.includes('@') ? login : 'id'
  const query: Query = {
    model: users.name,
    where: equal(field, who),
    select: users.columns.map((column) => ({ field: column.name })),
    include: [],
    sort: [{ term: { through: [], field: 'id' }, desc: false }],
    limit: 1,
    count: false,
  }
  const row = (await data.store.list(query)).rows[0]
  if (row === undefined) throw new OffstageError('not_found', { detail: `There is no user ${who}.` })
  return { kind: 'user', id: String(row['id']), row }
}
