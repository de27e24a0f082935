// The declaration with every name looked up and every default filled in. It never throws on what a developer wrote:
// what cannot be resolved is left out, and `check` says why.

import type { FieldInfo } from './field.ts'
import { FieldNode, userToken } from './field.ts'
import { datetimeKind } from './fields/datetime.ts'
import { idKind, type IdForm } from './fields/id.ts'
import { integerKind } from './fields/integer.ts'
import { defaultTextMax } from './fields/text.ts'
import type { Json } from './kind.ts'
import { apiOperations, ModelNode, type ApiOperation } from './model.ts'
import type { FieldDef, Hook, HookEvent, ModelDef, Registry } from './registry.ts'

/** What `resolve` needs of an app: `defineApp` gives it. */
export interface Declaration {
  readonly models: Readonly<Record<string, unknown>>
  readonly user?: string | undefined
  readonly api?: readonly ApiOperation[] | undefined
}

export interface ResolveOptions {
  /** Offstage's own models, made by `createModel`: nobody but the system reaches them. */
  readonly system?: Readonly<Record<string, ModelNode>>
}

const shortText = 255
/** Longer ones cannot be indexed. */
const shortUrl = 768

export function resolve(app: Declaration, options: ResolveOptions = {}): Registry {
  const nodes = new Map<string, { readonly node: ModelNode; readonly system: boolean }>()
  for (const [name, node] of Object.entries(app.models)) if (node instanceof ModelNode) nodes.set(name, { node, system: false })
  for (const [name, node] of Object.entries(options.system ?? {})) nodes.set(name, { node, system: true })
  const user = app.user ?? (nodes.has('users') ? 'users' : undefined)
  const idForm = (model: string | undefined): IdForm => formOf(nodes.get(model ?? '')?.node)

  const models = new Map<string, ModelDef>()
  for (const [name, { node, system }] of nodes) {
    const resolveField = (field: string, info: FieldInfo): FieldDef => {
      const target = info.target === userToken ? user : info.target
      return fieldDef(name, field, info, target, idForm(target))
    }
    const given = node.options.api ?? app.api
    const api = system ? [] : Array.isArray(given) ? given : apiOperations
    models.set(name, modelDef(name, node, { system, api: new Set(api) }, resolveField))
  }
  joinLists(models)
  return { models, user: user === undefined ? undefined : models.get(user), referrers: referrersOf(models) }
}

const idOf = (node: ModelNode | undefined): FieldInfo | undefined => {
  const id = node?.options.own?.id as unknown
  return id instanceof FieldNode ? id.info : undefined
}

const formOf = (node: ModelNode | undefined): IdForm => {
  return (idOf(node)?.options['form'] as IdForm | undefined) ?? 'uuid'
}

function modelDef(
  name: string,
  node: ModelNode,
  { system, api }: Pick<ModelDef, 'system' | 'api'>,
  resolveField: (field: string, info: FieldInfo) => FieldDef,
): ModelDef {
  const { options } = node
  const fields = new Map<string, FieldDef>()
  for (const own of ownFields(name, node)) fields.set(own.name, own)
  for (const [field, value] of Object.entries(node.fields)) {
    if (value instanceof FieldNode && !fields.has(field)) fields.set(field, resolveField(field, value.info))
  }
  const columns = [...fields.values()].filter((field) => field.kind.name !== 'many')
  const grouped = (groups: readonly (readonly string[])[] | undefined, flag: 'unique' | 'index'): readonly (readonly string[])[] => [
    ...columns.filter((field) => field[flag] && field.name !== 'id').map((field) => [field.name]),
    ...(Array.isArray(groups) ? groups.filter((group) => Array.isArray(group)) : []),
  ]
  const hooks: Record<HookEvent, Hook[]> = { creating: [], created: [], updating: [], updated: [], deleting: [], deleted: [] }
  for (const { event, run, place } of node.hooks) hooks[event]?.push({ run, place })
  return {
    name,
    table: options.table ?? name,
    ...(options.renamedFrom === undefined ? {} : { renamedFrom: options.renamedFrom }),
    label: options.label ?? labelOf(name),
    adopted: options.adopted === true,
    system,
    fields,
    columns,
    rules: system ? {} : node.rules,
    hooks,
    unique: grouped(options.unique, 'unique'),
    index: grouped(options.index, 'index'),
    api,
    ...placed('place', node.placeText()),
    ...placed('rulePlace', node.rulePlace?.toString()),
  }
}

const placed = <K extends string>(key: K, place: string | undefined): { [P in K]?: string } =>
  place ? ({ [key]: place } as { [P in K]: string }) : {}

/** `orderLines` becomes `Order lines`. */
const labelOf = (name: string): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function ownFields(model: string, node: ModelNode): FieldDef[] {
  const own = node.options.own ?? {}
  const form = formOf(node)
  const idInfo = idOf(node)
  const base = { model, options: {}, optional: false, unique: false, index: false, searchable: false, hidden: false, own: true } as const
  const fields: FieldDef[] = [
    { ...base, name: 'id', column: idInfo?.column ?? 'id', kind: idKind('id', form), options: { form }, unique: true },
  ]
  if (own.createdAt !== false) fields.push({ ...base, name: 'createdAt', column: 'createdAt', kind: datetimeKind })
  if (own.updatedAt !== false) fields.push({ ...base, name: 'updatedAt', column: 'updatedAt', kind: datetimeKind })
  if (own.version !== false) fields.push({ ...base, name: 'version', column: 'version', kind: integerKind })
  return fields
}

function fieldDef(model: string, name: string, info: FieldInfo, target: string | undefined, form: IdForm): FieldDef {
  const kind = info.kind.name === 'ref' ? idKind('ref', form) : info.kind
  return {
    model,
    name,
    column: kind.name === 'many' ? '' : (info.column ?? name),
    kind,
    options: optionsOf(info, form),
    optional: info.optional === true,
    unique: info.unique === true,
    index: info.index === true || kind.name === 'ref',
    searchable: info.searchable === true,
    hidden: info.hidden === true,
    own: false,
    ...defaultOf(info),
    ...(info.readable === undefined ? {} : { readable: info.readable }),
    ...(info.writable === undefined ? {} : { writable: info.writable }),
    ...(info.renamedFrom === undefined ? {} : { renamedFrom: info.renamedFrom }),
    ...(info.renamedChoices === undefined ? {} : { renamedChoices: info.renamedChoices }),
    ...(target === undefined ? {} : { target }),
    ...(kind.name === 'ref' ? { onDelete: info.onDelete ?? 'restrict' } : {}),
    ...(info.via === undefined ? {} : { via: info.via }),
    ...(info.through === undefined ? {} : { through: info.through }),
    ...placed('place', info.place.toString()),
  }
}

function optionsOf(info: FieldInfo, form: IdForm): FieldDef['options'] {
  if (info.kind.name === 'ref') return { form }
  if (info.kind.name === 'url' && info.options['max'] === undefined && (info.unique || info.index))
    return { ...info.options, max: shortUrl }
  if (info.kind.name !== 'text' || info.options['max'] !== undefined) return info.options
  return { ...info.options, max: info.unique || info.index ? shortText : defaultTextMax }
}

/** A default that is a value is read once, here, into wire form; one that does not fit is left for `check` to report. */
function defaultOf(info: FieldInfo): Pick<FieldDef, 'default'> {
  if (!info.default) return {}
  if (!('value' in info.default)) return { default: info.default }
  const { value } = info.default
  if (value === null) return { default: { value: null } }
  try {
    return { default: { value: info.kind.read(value, info.options) as Json } }
  } catch {
    return {}
  }
}

/** Many-to-many lists learn which two references of the model between they go by: `via` to this model, `to` to the other. */
function joinLists(models: ReadonlyMap<string, ModelDef>): void {
  for (const model of models.values()) {
    for (const [name, field] of model.fields) {
      if (field.through === undefined) continue
      const ends = endsOf(models, field)
      if (ends) (model.fields as Map<string, FieldDef>).set(name, { ...field, ...ends })
    }
  }
}

/** The two references of the model between; undefined unless each is the only one of its kind. */
export function endsOf(models: ReadonlyMap<string, ModelDef>, field: FieldDef): { readonly via: string; readonly to: string } | undefined {
  const refs = (models.get(field.through ?? '')?.columns ?? []).filter((column) => column.kind.name === 'ref')
  const here = refs.filter((ref) => ref.target === field.model)
  const there = refs.filter((ref) => ref.target === field.target)
  // A model tied to itself (followers): the first reference is this end, the second the other.
  if (field.model === field.target) return here.length === 2 ? { via: here[0]!.name, to: here[1]!.name } : undefined
  return here.length === 1 && there.length === 1 ? { via: here[0]!.name, to: there[0]!.name } : undefined
}

function referrersOf(models: ReadonlyMap<string, ModelDef>): ReadonlyMap<string, readonly FieldDef[]> {
  const referrers = new Map<string, FieldDef[]>([...models.keys()].map((name) => [name, []]))
  for (const model of models.values()) {
    for (const field of model.columns) if (field.kind.name === 'ref') referrers.get(field.target ?? '')?.push(field)
  }
  return referrers
}
