// What an endpoint gives, cut down to what its declaration names.

import { OffstageError } from '../base/errors.ts'
import { nameOfType } from '../base/json.ts'
import { isDate, isResponse } from '../base/realms.ts'
import { isStandard, shapeOf, type Input } from '../schema/endpoint.ts'
import type { FieldInfo } from '../schema/field.ts'
import { ValueError } from '../schema/kind.ts'
import { infoOf, kindOf, openDefault } from '../schema/read-shape.ts'
import type { Registry } from '../schema/registry.ts'
import type { ListInfo, MapInfo, ObjectInfo, Part, ShapeInfo } from '../schema/shape.ts'
import { issuesOf } from './input.ts'

/** Throws Misfit. */
type Writer = (value: unknown) => unknown

/** A value that is not what the output says. It gets its path on the way up, so that what fits pays nothing for it. */
class Misfit extends Error {
  readonly path: readonly string[]
  constructor(message: string, path: readonly string[] = []) {
    super(message)
    this.path = path
  }
  static at(name: string, error: unknown): unknown {
    return error instanceof Misfit ? new Misfit(error.message, [name, ...error.path]) : error
  }
}

/**
 * Made once for each endpoint: gives what of an answer may leave the server. A `Response` and nothing at all pass. Throws `internal` for
 * what does not fit, with what and where for the developer.
 */
export function openOutput(registry: Registry, output: Input | undefined, place?: string): (value: unknown) => unknown {
  if (output === undefined) return (value) => value
  const write = isStandard(output) ? standardWriter(output) : openWriter(registry, shapeOf(output))
  const told = (error: unknown): unknown => (error instanceof Misfit ? misfit(error, place) : error)
  return (value) => {
    if (value === undefined || isResponse(value)) return value
    try {
      const written = write(value)
      return written instanceof Promise
        ? written.catch((error: unknown) => {
            throw told(error)
          })
        : written
    } catch (error) {
      throw told(error)
    }
  }
}

function misfit({ path, message }: Misfit, place: string | undefined): OffstageError {
  const at = path.length === 0 ? '' : `, at ${path.join('.')}`
  return new OffstageError('internal', {
    hint: `What \`run\` gave does not fit its \`output\`${at}: ${message} Give a value that fits, or change the output; .optional() lets null pass.`,
    place,
  })
}

function openWriter(registry: Registry, part: Part): Writer {
  const info = infoOf(part)
  const write = 'is' in info ? shapeWriter(registry, info) : fieldWriter(registry, info)
  const fallback = openDefault(registry, part)
  return (given) => {
    const value = given === undefined && fallback ? fallback() : given
    if (value !== undefined && value !== null) return write(value)
    if (info.optional) return null
    throw new Misfit(value === null ? 'Found null where a value is required.' : 'A value is required.')
  }
}

function shapeWriter(registry: Registry, info: ShapeInfo): Writer {
  if (info.is === 'list') return listWriter(registry, info)
  return info.is === 'map' ? mapWriter(registry, info) : objectWriter(registry, info)
}

/** Of what stands in a field only the type in JSON is looked at: its limits are for what comes in. */
function fieldWriter(registry: Registry, info: FieldInfo): Writer {
  const kind = kindOf(registry, info)
  if (kind.toServer) return (value) => instant(() => kind.read(value, info.options))
  const { type } = kind.jsonSchema(info.options)
  if (type === undefined) return (value) => value
  // NaN and the infinities are numbers that JSON writes as null.
  const fits: (value: unknown) => boolean =
    type === 'integer' ? Number.isInteger : type === 'number' ? Number.isFinite : (value) => typeof value === type
  const expected = type === 'string' ? 'text' : type === 'integer' ? 'a whole number' : `a ${type as string}`
  return (value) => {
    if (fits(value)) return value
    throw new Misfit(`Expected ${expected}, found ${typeof value === 'number' ? String(value) : nameOfType(value)}.`)
  }
}

function instant(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    throw error instanceof ValueError ? new Misfit(error.message) : error
  }
}

function objectWriter(registry: Registry, info: ObjectInfo): Writer {
  const parts = Object.entries(info.parts).map(([name, part]) => ({ name, write: openWriter(registry, part) }))
  const partial = info.is === 'partial'
  return (given) => {
    const values = readObject(given)
    const written: Record<string, unknown> = {}
    let at = ''
    try {
      for (const { name, write } of parts) {
        at = name
        const value = Object.hasOwn(values, name) ? values[name] : undefined
        if (value !== undefined || !partial) written[name] = write(value)
      }
    } catch (error) {
      throw Misfit.at(at, error)
    }
    return written
  }
}

function listWriter(registry: Registry, info: ListInfo): Writer {
  const write = openWriter(registry, info.item)
  return (given) => {
    if (!Array.isArray(given)) throw new Misfit(`Expected a list, found ${nameOfType(given)}.`)
    let at = -1
    try {
      return Array.from(given, (item, i) => {
        at = i
        return write(item)
      })
    } catch (error) {
      throw Misfit.at(String(at), error)
    }
  }
}

function mapWriter(registry: Registry, info: MapInfo): Writer {
  const write = openWriter(registry, info.item)
  return (given) => {
    // Without a prototype `__proto__` is a name like any other.
    const written = Object.create(null) as Record<string, unknown>
    for (const [name, value] of Object.entries(readObject(given))) {
      try {
        if (value !== undefined) written[name] = write(value)
      } catch (error) {
        throw Misfit.at(name, error)
      }
    }
    return written
  }
}

function readObject(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && !isDate(given))
    return given as Readonly<Record<string, unknown>>
  throw new Misfit(`Expected an object, found ${nameOfType(given)}.`)
}

function standardWriter(schema: Extract<Input, { readonly '~standard': object }>): Writer {
  return async (value) => {
    const result = await schema['~standard'].validate(value)
    if (result.issues === undefined) return result.value
    const [first] = issuesOf(result.issues)
    throw new Misfit(`${first?.message ?? 'It is not valid'}.`.replace(/\.\.$/, '.'), first?.path ? first.path.split('.') : [])
  }
}
