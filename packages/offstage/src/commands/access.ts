// `offstage access`: who may do what, as the compiled rules say it, not as somebody remembers it.

import { signUpColumns } from '../data/sign-up.ts'
import { always, and } from '../query/build.ts'
import { anonymous } from '../query/principal.ts'
import { bind, compileRule, compileRules, type ModelPolicy, type Policies } from '../query/rules.ts'
import type { Filter } from '../query/tree.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { routedEndpoints } from '../schema/check-endpoints.ts'
import { apiOperations } from '../schema/model.ts'
import type { Action, FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { byName, linesOf, type Line, type Section } from './access-lines.ts'
import { rightsSection } from './access-rights.ts'

const everyRow = 'every row'
const actions: readonly Action[] = ['read', 'create', 'update', 'updateTo', 'delete']

/** Everything that callers can reach, in an order that changes only where rights do. */
export function accessSections(app: AppDeclaration, registry: Registry): readonly Section[] {
  const policies = compileRules(registry)
  const models = [...registry.models.values()].filter(({ system }) => !system).toSorted(byName)
  const ofModels = models.map((model) => modelSection(app, policies, model))
  const others = [endpointsSection(app, registry), pagesSection(app, registry)]
  return [strangersSection([...ofModels, ...others]), rightsSection(app, policies), ...ofModels, ...others].filter(
    ({ lines }) => lines.length > 0,
  )
}

// --- models

function modelSection(app: AppDeclaration, policies: Policies, model: ModelDef): Section {
  const shown = actions.filter((action) => action !== 'updateTo' || model.rules.updateTo !== undefined)
  const compiled = policies.models.get(model.name)!
  const ofRules = shown.flatMap((action) => [
    ...(action === 'updateTo'
      ? linesOf(policies.registry, model, 'update to', becoming(policies, compiled.rules), everyRow)
      : linesOf(policies.registry, model, action, compiled.rules[action], action === 'create' ? 'any row' : everyRow)),
    ...(action === 'create' ? signUpLines(app, policies, model) : []),
    ...(action === 'update' || action === 'delete' ? alongLines(model, action) : []),
  ])
  const closed = ofRules.filter(
    ({ what, who }) => who !== 'nobody' || !ofRules.some((other) => other.what === what && other.who !== 'nobody'),
  )
  const missing = apiOperations.filter((operation) => !model.api.has(operation))
  return {
    title: model.name,
    note:
      missing.length === 0
        ? undefined
        : model.api.size === 0
          ? 'No routes of its own: only endpoints reach it, and these rules hold where they ask as the caller.'
          : `Routes of its own: ${apiOperations.filter((operation) => model.api.has(operation)).join(', ')}.`,
    place: model.rulePlace ?? model.place,
    headings: ['', 'who', 'which rows'],
    lines: [...closed, ...fieldLines(policies, model)],
  }
}

/** What a row may become is asked only of who may update some row. */
function becoming({ registry }: Policies, { update, updateTo }: ModelPolicy['rules']): Filter {
  if (update.is === 'false') return update
  return bind(update, anonymous, registry).is === 'false' ? and([{ is: 'me', where: always }, updateTo]) : updateTo
}

/** Sign-up asks no `create` rule. */
function signUpLines({ login }: AppDeclaration, policies: Policies, model: ModelDef): readonly Line[] {
  if (!login?.password || model !== policies.registry.user) return []
  const names = signUpColumns(policies, model).map(({ name }) => name)
  const rows = `one for themselves, by signing up with ${names.join(', ')}`
  if (login.routes === false) return [{ what: 'create', who: 'endpoints with auth.signUp', rows }]
  return login.signUp === 'nobody' ? [] : [{ what: 'create', who: 'everyone', rows }]
}

/** What goes or changes with another row, whatever the rules of this one say. */
function alongLines(model: ModelDef, action: 'update' | 'delete'): readonly Line[] {
  const word = action === 'delete' ? 'cascade' : 'clear'
  return model.columns
    .filter(({ onDelete }) => onDelete === word)
    .map(({ name }) => ({
      what: action,
      who: `whoever deletes its ${name}`,
      rows: action === 'delete' ? `every row of that ${name}` : `${name} becomes empty`,
    }))
}

// --- fields

function fieldLines(policies: Policies, model: ModelDef): readonly Line[] {
  const { readable, writable } = policies.models.get(model.name)!
  const { registry } = policies
  const see = (field: FieldDef): readonly Line[] => {
    if (field.hidden) return [{ what: '', who: 'nobody', rows: 'hidden: only code of the app that names it in `reveal`' }]
    const rule = readable.get(field.name)
    return rule === undefined || field.readable === 'everyone' ? [] : linesOf(registry, model, '', rule, 'every row that they may read')
  }
  const set = (field: FieldDef): readonly Line[] => {
    const rule = writable.get(field.name)
    if (rule !== undefined) return linesOf(registry, model, '', rule, 'every row that they may write')
    return field.hidden ? [{ what: '', who: 'nobody', rows: '' }] : []
  }
  const fields = [...model.fields.values()].toSorted(byName)
  return [...grouped('see', fields, see), ...grouped('set', fields, set)]
}

/** Fields of which the same is said stand in one line. */
function grouped(verb: string, fields: readonly FieldDef[], of: (field: FieldDef) => readonly Line[]): readonly Line[] {
  const groups = new Map<string, { readonly names: string[]; readonly lines: readonly Line[] }>()
  for (const field of fields) {
    const lines = of(field)
    const key = JSON.stringify(lines)
    if (lines.length === 0) continue
    if (groups.has(key)) groups.get(key)!.names.push(field.name)
    else groups.set(key, { names: [field.name], lines })
  }
  return [...groups.values()].flatMap(({ names, lines }) => lines.map((line) => ({ ...line, what: `${verb} ${names.join(', ')}` })))
}

// --- what is not of a model

function endpointsSection(app: AppDeclaration, registry: Registry): Section {
  const endpoints = routedEndpoints(app).toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
  const known = ({ group, node }: (typeof endpoints)[number]): string => {
    if (node.spec.authenticate === false) return 'nobody is asked who they are'
    const by = group?.authenticate
    if (by === undefined) return ''
    return typeof by === 'function' ? "known by the group's own `authenticate`" : `known by a token: Authorization: ${by.scheme} ...`
  }
  return {
    title: 'Endpoints',
    note: 'What an endpoint does through `db` is bound by the rules above; what it does through `db.system` is not.',
    place: undefined,
    headings: ['', 'who may call', ''],
    lines: endpoints.flatMap((endpoint) =>
      linesOf(
        registry,
        undefined,
        `${endpoint.method} ${endpoint.path}`,
        compileRule(registry, undefined, endpoint.node.spec.allow),
        known(endpoint),
      ),
    ),
  }
}

function pagesSection(app: AppDeclaration, registry: Registry): Section {
  const by = (what: string, rule: unknown): readonly Line[] =>
    linesOf(registry, undefined, what, compileRule(registry, undefined, rule), '')
  const docs = '/docs, /openapi.json'
  const { login } = app
  const auth: Line[] =
    login?.password && login.routes !== false
      ? [
          { what: '/api/auth/sign-up', who: login.signUp === 'nobody' ? 'nobody' : 'everyone', rows: '' },
          { what: '/api/auth/sign-in', who: 'everyone', rows: 'as whom the password says' },
          { what: '/api/auth, the rest', who: 'signed in', rows: 'their own sessions and password' },
        ]
      : []
  const mounts = Object.keys(app.mount)
    .toSorted()
    .map((prefix) => ({ what: `${prefix} (mount)`, who: 'everyone', rows: 'Offstage asks nobody: its handler decides' }))
  return {
    title: 'Other addresses',
    note: undefined,
    place: undefined,
    headings: ['', 'who', ''],
    lines: [
      ...auth,
      ...(app.docs === undefined ? [{ what: docs, who: 'nobody', rows: 'everyone in `offstage dev`' }] : by(docs, app.docs)),
      ...(app.admin === undefined ? [] : by('/admin', app.admin)),
      ...(app.static ? [{ what: `files of ${app.static.folder}`, who: 'everyone', rows: '' }] : []),
      ...mounts,
    ],
  }
}

// --- what the reader looks for first

/** What anyone on the internet may do. */
function strangersSection(sections: readonly Section[]): Section {
  const lines = sections.flatMap(({ title, headings, lines: all }) =>
    all
      .filter(({ what, who }) => (who === 'everyone' || who === 'strangers') && !/^(see|set) /.test(what))
      .map(({ what, rows }) => (headings[2] === '' ? { what, who: '', rows: '' } : { what: `${what} ${title}`, who: '', rows })),
  )
  return { title: 'Without signing in', note: undefined, place: undefined, headings: ['', '', 'which rows'], lines }
}
