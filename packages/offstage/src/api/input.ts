// What an endpoint is given, read by its declaration: fields, or any Standard Schema.

import { OffstageError, type FieldError } from '../base/errors.ts'
import type { Input, StandardSchema, ValueFields } from '../schema/endpoint.ts'
import type { FieldInfo } from '../schema/field.ts'
import { idKind, type IdForm } from '../schema/fields/id.ts'
import { ValueError, type Json, type Kind } from '../schema/kind.ts'
import type { Registry } from '../schema/registry.ts'

/** `from` is the body (values of JSON) or the address (texts). Gives what `run` receives. */
export type ReadInput = (values: Readonly<Record<string, unknown>>) => Promise<unknown>

export const isStandard = (input: Input): input is StandardSchema => '~standard' in input

export function openInput(registry: Registry, input: Input, from: 'body' | 'address'): ReadInput {
  if (isStandard(input)) return (values) => readStandard(input, values)
  const fields = Object.entries(input as ValueFields).map(([name, { info }]) => ({ name, info, kind: kindOf(registry, info) }))
  const known = new Set(fields.map((field) => field.name))
  return async (values) => {
    for (const name of Object.keys(values)) if (!known.has(name)) throw unknownName(name, known, from)
    const errors: FieldError[] = []
    const result: Record<string, unknown> = {}
    for (const { name, info, kind } of fields) {
      const given = Object.hasOwn(values, name) ? values[name] : undefined
      try {
        result[name] =
          given === undefined || (given === null && info.optional) ? absent(info, kind, given) : readValue(info, kind, given, from)
      } catch (error) {
        if (!(error instanceof ValueError)) throw error
        errors.push({ path: name, code: error.code, message: error.message })
      }
    }
    if (errors.length > 0) throw new OffstageError('invalid_values', { errors })
    return result
  }
}

/** A reference's ids look like those of the model it names. */
export function kindOf(registry: Registry, info: FieldInfo): Kind {
  if (info.kind.name !== 'ref') return info.kind
  const form = registry.models.get(info.target ?? '')?.columns[0]?.options['form']
  return idKind('ref', (form as IdForm | undefined) ?? 'uuid')
}

function readValue(info: FieldInfo, kind: Kind, given: unknown, from: 'body' | 'address'): unknown {
  const wire = kind.read(from === 'address' ? kind.readText(String(given), info.options) : given, info.options)
  return kind.toServer ? kind.toServer(wire) : wire
}

function absent(info: FieldInfo, kind: Kind, given: unknown): unknown {
  if (given === undefined && info.default && 'value' in info.default) {
    const wire = info.default.value === null ? null : kind.read(info.default.value, info.options)
    return wire !== null && kind.toServer ? kind.toServer(wire) : wire
  }
  if (given === undefined && info.default && 'make' in info.default) return info.default.make()
  if (info.optional) return null
  throw new ValueError('required', 'A value is required.')
}

function unknownName(name: string, known: ReadonlySet<string>, from: 'body' | 'address'): OffstageError {
  const takes = known.size === 0 ? 'nothing' : [...known].join(', ')
  const path = name.toWellFormed().slice(0, 60)
  if (from === 'address')
    return new OffstageError('unknown_parameter', {
      detail: `This takes ${takes}.`,
      errors: [{ path, code: 'unknown_parameter', message: 'There is no such parameter.' }],
    })
  return new OffstageError('unknown_field', {
    detail: `This takes ${takes}.`,
    errors: [{ path, code: 'unknown_field', message: 'There is no such field.' }],
  })
}

async function readStandard(schema: StandardSchema, values: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(values)
  if (result.issues === undefined) return result.value
  const errors = result.issues.slice(0, 100).map(({ message, path }) => ({
    path: (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
    code: 'invalid',
    message,
  }))
  throw new OffstageError('invalid_values', { errors })
}

/** The parameters of a URL by name; one that comes twice has no meaning. */
export function readParameters(query: string): Record<string, unknown> {
  const values = new Map<string, Json>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (values.has(name)) throw new OffstageError('malformed', { detail: 'A parameter of the address is given twice.' })
    values.set(name, value)
  }
  // Of a null prototype through `fromEntries`, `__proto__` is a name like any other, and unknown.
  return Object.fromEntries(values)
}
