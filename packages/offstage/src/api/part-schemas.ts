// What endpoints take and give, as JSON Schema.

import { isStandard, shapeOf, type Input } from '../schema/endpoint.ts'
import type { FieldInfo } from '../schema/field.ts'
import { infoOf, kindOf, openDefault } from '../schema/read-shape.ts'
import type { Registry } from '../schema/registry.ts'
import type { ObjectInfo, Part, ShapeInfo } from '../schema/shape.ts'
import { nullable, ref, type Schema } from './schemas.ts'

/** Whether it comes in, where limits and defaults hold, or goes out, where all that is named is there. An address cannot say null. */
export type Side = 'input' | 'address' | 'output'

/** `{}` where a library does not tell. */
export function inputSchema(registry: Registry, input: Input, side: Side): Schema {
  if (!isStandard(input)) return partSchema(registry, shapeOf(input), side)
  const { jsonSchema } = input['~standard'] as { jsonSchema?: Partial<Record<'input' | 'output', (options: object) => Schema>> }
  try {
    return jsonSchema?.[side === 'output' ? side : 'input']?.({ target: 'draft-2020-12' }) ?? {}
  } catch {
    // A library may have no JSON Schema for what it checks.
    return {}
  }
}

/** The schemas of what has a name in it, for the components of the document; the outermost first. */
export function namedSchemas(registry: Registry, input: Input | undefined, side: 'input' | 'output'): Record<string, Schema> {
  const found: Record<string, Schema> = {}
  const walk = (part: Part): void => {
    const info = infoOf(part)
    if (!('is' in info)) return
    if (!('parts' in info)) return walk(info.item)
    if (info.name !== undefined) found[componentName(info.name, side)] = objectSchema(registry, info, side)
    Object.values(info.parts).forEach(walk)
  }
  if (input !== undefined && !isStandard(input)) walk(shapeOf(input))
  return found
}

/** What comes in has other limits than what goes out. Models begin with a small letter, so the names never meet. */
const componentName = (name: string, side: 'input' | 'output'): string => (side === 'output' ? name : `${name}.input`)

function partSchema(registry: Registry, part: Part, side: Side): Schema {
  const info = infoOf(part)
  const schema = 'is' in info ? shapeSchema(registry, info, side) : fieldSchema(registry, info, side)
  const whole = info.optional && side !== 'address' ? nullable(schema) : schema
  const { default: given } = info
  if (side === 'output' || !given || !('value' in given)) return whole
  return { ...whole, default: JSON.parse(JSON.stringify(openDefault(registry, part)!())) as unknown }
}

function fieldSchema(registry: Registry, info: FieldInfo, side: Side): Schema {
  const { maxLength, ...schema } = kindOf(registry, info).jsonSchema(info.options)
  // A limit that nobody wrote is for what comes in.
  return maxLength === undefined || (side === 'output' && info.options['max'] === undefined) ? schema : { ...schema, maxLength }
}

function shapeSchema(registry: Registry, info: ShapeInfo, side: Side): Schema {
  const incoming = side !== 'output'
  if (info.is === 'list') {
    const { item, min, max } = info
    const limits = incoming && { ...(min > 0 && { minItems: min }), maxItems: max }
    return { type: 'array', items: partSchema(registry, item, side), ...limits }
  }
  if (info.is === 'map')
    return {
      type: 'object',
      additionalProperties: partSchema(registry, info.item, side),
      ...(incoming && { maxProperties: info.max }),
    }
  return info.name === undefined || side === 'address' ? objectSchema(registry, info, side) : ref(componentName(info.name, side))
}

function objectSchema(registry: Registry, info: ObjectInfo, side: Side): Schema {
  const parts = Object.entries(info.parts)
  const lackable = (part: Part): boolean =>
    side !== 'output' && (infoOf(part).optional === true || openDefault(registry, part) !== undefined)
  const required = info.is === 'partial' ? [] : parts.flatMap(([name, part]) => (lackable(part) ? [] : [name]))
  return {
    type: 'object',
    properties: Object.fromEntries(parts.map(([name, part]) => [name, partSchema(registry, part, side)])),
    ...(required.length > 0 && { required }),
    ...((side === 'output' || info.others !== 'drop') && { additionalProperties: false }),
  }
}

/** Whether a row is named in it, which may not be there. */
export function refers(input: Input | undefined): boolean {
  return input !== undefined && !isStandard(input) && holdsReference(shapeOf(input))
}

function holdsReference(part: Part): boolean {
  const info = infoOf(part)
  if (!('is' in info)) return info.kind.name === 'ref'
  return 'parts' in info ? Object.values(info.parts).some(holdsReference) : holdsReference(info.item)
}
