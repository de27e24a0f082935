// What rows, values and filters look like, as JSON Schema for the OpenAPI document.

import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'

export type Schema = Readonly<Record<string, unknown>>

/** Dots cannot be in the names of models, so these never meet. */
export const rowName = (model: string): string => model
export const createName = (model: string): string => `${model}.create`
export const updateName = (model: string): string => `${model}.update`
export const filterName = (model: string): string => `${model}.filter`
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

export const nullable = (schema: Schema): Schema =>
  typeof schema.type === 'string' && !('enum' in schema)
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] }

/** Nobody but the system ever sees the field. */
const unseen = (field: FieldDef): boolean => field.hidden || field.readable === 'nobody'
const unwritten = (field: FieldDef): boolean => field.own || field.writable === 'nobody'
const visible = (registry: Registry, model: ModelDef): FieldDef[] =>
  [...model.fields.values()].filter(
    (field) => !unseen(field) && !(field.target !== undefined && registry.models.get(field.target)?.system !== false),
  )

export function modelSchemas(registry: Registry, model: ModelDef): Record<string, Schema> {
  const fields = visible(registry, model)
  return {
    [rowName(model.name)]: rowSchema(model, fields),
    [createName(model.name)]: createSchema(model, fields),
    [updateName(model.name)]: updateSchema(model, fields),
    [filterName(model.name)]: filterSchema(model, fields),
  }
}

function rowSchema(model: ModelDef, fields: readonly FieldDef[]): Schema {
  const properties: Record<string, Schema> = {}
  const required: string[] = []
  for (const field of fields) {
    if (field.kind.name === 'many') {
      properties[field.name] = { type: 'array', items: ref(rowName(field.target!)), description: 'There when included.' }
      continue
    }
    const value = valueSchema(field)
    const may = field.optional || field.readable !== undefined
    if (field.kind.name === 'ref') {
      properties[field.name] = {
        description: 'The id, or the row when included.',
        anyOf: [value, ref(rowName(field.target!)), { type: 'null' }],
      }
    } else properties[field.name] = may ? nullable(value) : value
    if (field.readable === undefined) required.push(field.name)
  }
  return {
    type: 'object',
    description: `A row of ${model.label}. \`select\` leaves fields out; counts and other included answers stand beside them.`,
    properties,
    required,
  }
}

const valueSchema = (field: FieldDef): Schema => field.kind.jsonSchema(field.options)

function createSchema(model: ModelDef, fields: readonly FieldDef[]): Schema {
  const properties: Record<string, Schema> = {}
  const required: string[] = []
  for (const field of fields) {
    if (unwritten(field)) continue
    properties[field.name] =
      field.kind.name === 'many' ? listSchema(field) : field.optional ? nullable(valueSchema(field)) : valueSchema(field)
    if (field.kind.name !== 'many' && !field.optional && field.default === undefined) required.push(field.name)
  }
  return { type: 'object', description: `Values of a new row of ${model.label}.`, properties, ...(required.length > 0 && { required }) }
}

function updateSchema(model: ModelDef, fields: readonly FieldDef[]): Schema {
  const properties: Record<string, Schema> = {}
  for (const field of fields) {
    if (unwritten(field)) continue
    if (field.kind.name === 'many') properties[field.name] = listSchema(field)
    else {
      const value = valueSchema(field)
      const step = ['integer', 'number', 'decimal'].includes(field.kind.name) ? [only('increment', value), only('decrement', value)] : []
      const grown = field.kind.name === 'json' ? [only('append', { type: 'array' })] : []
      properties[field.name] =
        step.length + grown.length === 0
          ? field.optional
            ? nullable(value)
            : value
          : { anyOf: [value, ...step, ...grown, ...(field.optional ? [{ type: 'null' }] : [])] }
    }
  }
  return { type: 'object', description: `Values to change in a row of ${model.label}.`, properties }
}

const only = (name: string, schema: Schema): Schema => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
  additionalProperties: false,
})

function listSchema(field: FieldDef): Schema {
  const ids = { type: 'array', items: { type: 'string' } }
  return {
    type: 'object',
    properties: { create: { type: 'array', items: ref(createName(field.target!)) }, connect: ids, disconnect: ids },
    additionalProperties: false,
  }
}

function filterSchema(model: ModelDef, fields: readonly FieldDef[]): Schema {
  const self = ref(filterName(model.name))
  const properties: Record<string, Schema> = { and: { type: 'array', items: self }, or: { type: 'array', items: self }, not: self }
  for (const field of fields) properties[field.name] = field.kind.name === 'many' ? quantified(field) : tested(field)
  return {
    type: 'object',
    description: `Which rows of ${model.label}: all that is said must hold.`,
    properties,
    additionalProperties: false,
  }
}

function quantified(field: FieldDef): Schema {
  const where = ref(filterName(field.target!))
  return { type: 'object', properties: { some: where, none: where, every: where }, additionalProperties: false }
}

/** A comparison value has the form of the field, without its limits. */
function operandOf(field: FieldDef): Schema {
  const { type, enum: choices, anyOf } = valueSchema(field) as Record<string, any>
  return anyOf ? { anyOf } : { ...(type !== undefined && { type }), ...(choices && { enum: choices }) }
}

function tested(field: FieldDef): Schema {
  if (field.kind.name === 'json') {
    const path = { type: 'array', items: { type: 'string' } }
    return {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          properties: { path, equals: {}, exists: { type: 'boolean' }, contains: {}, null: { type: 'boolean' } },
          additionalProperties: false,
        },
      ],
    }
  }
  const value = operandOf(field)
  const operators: Record<string, Schema> = { not: nullable(value), null: { type: 'boolean' } }
  for (const operator of field.kind.operators) {
    if (operator === 'in') operators.in = operators.notIn = { type: 'array', items: value }
    else if (operator !== 'eq' && operator !== 'json')
      operators[operator] = operator.endsWith('s') || operator === 'startsWith' || operator === 'endsWith' ? { type: 'string' } : value
  }
  const forms: Schema[] = [value, { type: 'null' }, { type: 'object', properties: operators, additionalProperties: false }]
  if (field.kind.name === 'ref') forms.push(ref(filterName(field.target!)))
  return { anyOf: forms }
}
