// Rows out of the declaration, for seeds and tests: `make.orders({ status: 'paid' })` fills in what is required.

import { OffstageError } from '../base/errors.ts'
import { didYouMean } from '../base/nearest.ts'
import type { Db } from '../data/data.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'

/** One function per model. It writes as the system, hooks included, and returns the row. */
export type Make = Readonly<Record<string, (values?: object) => Promise<any>>>

/** References that require each other would go on for ever. */
const deepest = 8

/**
 * The same calls in the same order make the same values: texts and addresses are numbered, choices are the first, numbers
 * the least that is allowed from 1 on, times are `now`. A required reference makes the row it needs.
 */
export function openMake(registry: Registry, sys: Db, now: () => Date): Make {
  const made = new Map<string, number>()

  async function row(model: ModelDef, given: Readonly<Record<string, unknown>>, chain: readonly string[]): Promise<any> {
    for (const key of Object.keys(given)) {
      if (!model.fields.has(key))
        throw invalid(`${model.name} has no field '${key}'.`, didYouMean(key, model.fields.keys(), `Fields of ${model.name}`))
    }
    if (chain.length > deepest)
      throw invalid(`${chain.slice(0, 4).join(' needs ')} ... without end.`, `Give one of them: make.${model.name}({ ... })`)
    const number = (made.get(model.name) ?? 0) + 1
    made.set(model.name, number)
    const values: Record<string, unknown> = { ...given }
    for (const field of model.columns) {
      if (Object.hasOwn(given, field.name) || !isNeeded(field)) continue
      const target = field.target === undefined ? undefined : registry.models.get(field.target)
      values[field.name] = target ? (await row(target, {}, [...chain, target.name])).id : invent(field, number, now())
    }
    return sys[model.name].create(values)
  }

  const makers = Object.create(null) as Record<string, (values?: object) => Promise<any>>
  for (const model of registry.models.values()) {
    if (!model.system) makers[model.name] = (values = {}) => row(model, values as Record<string, unknown>, [model.name])
  }
  return makers
}

/** Without a default that the system gets too: `t.user()` is the caller, and the system is nobody. */
const isNeeded = (field: FieldDef): boolean => !field.own && !field.optional && (field.default === undefined || 'me' in field.default)

function invent(field: FieldDef, number: number, now: Date): unknown {
  for (const value of candidates(field, number, now)) {
    try {
      field.kind.read(value, field.options)
      return value
    } catch {
      // Not one that the field takes: the next.
    }
  }
  throw invalid(
    `${field.model}.${field.name} takes values that cannot be made up.`,
    `Give one: make.${field.model}({ ${field.name}: ... })`,
  )
}

function candidates(field: FieldDef, number: number, now: Date): unknown[] {
  const { choices, min, max } = field.options as { choices?: readonly string[]; min?: number | string; max?: number | string }
  switch (field.kind.name) {
    case 'enum':
      return [choices?.[0]]
    case 'email':
      return [`${field.model}${number}@example.com`]
    case 'url':
      return [`https://example.com/${field.model}/${number}`]
    case 'boolean':
      return [false]
    case 'datetime':
      return [now]
    case 'date':
      return [now.toISOString().slice(0, 10)]
    case 'json':
      return [{}]
    case 'integer':
    case 'number':
    case 'decimal': {
      const one = field.unique ? number : 1
      return [one, min, max, 0].flatMap((value) => (value === undefined ? [] : [value, String(value)]))
    }
    default:
      return texts(field, number, Number(min ?? 0), Number(max ?? Infinity))
  }
}

/** Plain words first, then the forms that `match` asks for most: slugs, codes, digits. */
function texts(field: FieldDef, number: number, min: number, max: number): string[] {
  const { model, name } = field
  const digits = String(number)
  const forms = [
    `${name} ${digits}`,
    `${model}-${name}-${digits}`,
    `${name}-${digits}`,
    `${name}${digits}`,
    `${name}_${digits}`,
    `${name.toUpperCase()}${digits}`,
  ]
  const fitted = forms.map((form) =>
    form.length < min ? form.padEnd(min, 'x') : form.length > max ? form.slice(0, Math.max(max - digits.length, 0)) + digits : form,
  )
  const size = Math.max(1, Math.min(max, Math.max(min, 1)))
  const letters = 'a'.repeat(Math.max(size - digits.length, 0))
  return [
    ...fitted,
    letters + digits,
    letters.toUpperCase() + digits,
    digits.padStart(size, '0'),
    digits.padStart(4, '0'),
    `+1555${digits.padStart(7, '0')}`,
    `${digits.padStart(2, '0')}:00`,
  ]
}

const invalid = (detail: string, hint: string): OffstageError => new OffstageError('invalid_call', { detail, hint })
