// What was given for a part, read into what server code holds. All that is wrong is found in one go.

import { mostErrors, OffstageError, type FieldError } from '../base/errors.ts'
import { isStorableText, nameOfType } from '../base/json.ts'
import { isDate } from '../base/realms.ts'
import { userToken, type FieldInfo } from './field.ts'
import { idKind, type IdForm } from './fields/id.ts'
import { noValue, ValueError, type Kind } from './kind.ts'
import type { Registry } from './registry.ts'
import { ShapeNode, type ListInfo, type MapInfo, type ObjectInfo, type Part, type ShapeInfo } from './shape.ts'

const longestName = 60

/** Collects what is wrong with values, and the names that nobody declared; of each the first 100. */
export class Faults {
  readonly values: FieldError[] = []
  readonly unknown: string[] = []
  /** What the object takes in which the first unknown name was found. */
  known: readonly string[] = []

  get full(): boolean {
    return this.values.length >= mostErrors
  }
  add(path: string, code: string, message: string): undefined {
    if (!this.full) this.values.push({ path, code, message })
  }
  addUnknown(path: string, known: Iterable<string>): void {
    if (this.unknown.length === 0) this.known = [...known]
    if (this.unknown.length < mostErrors) this.unknown.push(path)
  }
}

/** Gives the value that server code holds, or anything at all once there are faults. `undefined` is what was left out. */
export type Reader = (given: unknown, path: string, faults: Faults) => unknown

/** Of values of JSON, or of the texts of an address. */
export function openReader(registry: Registry, part: Part, from: 'json' | 'text' = 'json'): Reader {
  const info = infoOf(part)
  const read = valueReader(registry, info, from)
  const fallback = openDefault(registry, part)
  // An address says an empty list by silence.
  const silence = from === 'text' && 'is' in info && info.is === 'list' && !info.optional ? [] : null
  return (given, path, faults) => {
    if (given === undefined && fallback) return fallback()
    const value = given ?? silence
    if (value !== null) return read(value, path, faults)
    return info.optional ? null : faults.add(path, noValue.code, noValue.message)
  }
}

/** What the part is at run time. */
export const infoOf = (part: Part): FieldInfo | ShapeInfo => (part instanceof ShapeNode ? part.shape : (part as { info: FieldInfo }).info)

/** A reference's ids look like those of the model it names. */
export function kindOf(registry: Registry, info: FieldInfo): Kind {
  if (info.kind.name !== 'ref') return info.kind
  const target = info.target === userToken ? registry.user : registry.models.get(info.target ?? '')
  return idKind('ref', (target?.columns[0]?.options['form'] as IdForm | undefined) ?? 'uuid')
}

/** Makes the value of a part that was left out, each time anew: who gets it may change it. Undefined where the part has none. */
export function openDefault(registry: Registry, part: Part): (() => unknown) | undefined {
  const info = infoOf(part)
  const { optional, default: given } = info
  // Neither the caller nor another field is known here.
  if (!given || 'me' in given || 'slug' in given) return undefined
  let read: Reader | undefined
  return () => {
    const value = 'make' in given ? given.make() : given.value
    if (value === null && optional) return null
    const faults = new Faults()
    const result = (read ??= valueReader(registry, info, 'json'))(value, '', faults)
    const [fault] = [...faults.values, ...faults.unknown.map((path) => ({ path, message: 'There is no such field.' }))]
    if (!fault) return result
    throw new OffstageError('invalid_call', {
      detail: `A default does not fit${fault.path === '' ? '' : `, at ${fault.path}`}: ${fault.message}`,
      hint: 'Give a value that the field or shape itself takes.',
    })
  }
}

/** Of a value that is there. */
function valueReader(registry: Registry, info: FieldInfo | ShapeInfo, from: 'json' | 'text'): Reader {
  if (!('is' in info)) return fieldReader(registry, info, from)
  if (info.is === 'list') return listReader(info, openReader(registry, info.item, from))
  if (info.is === 'map') return mapReader(info, openReader(registry, info.item, from))
  return objectReader(registry, info, from)
}

function fieldReader(registry: Registry, info: FieldInfo, from: 'json' | 'text'): Reader {
  const { options } = info
  const kind = kindOf(registry, info)
  return (given, path, faults) => {
    // An error of each of a hundred thousand items would take a second to make, and nobody would be told.
    if (faults.full) return undefined
    try {
      const wire = kind.read(from === 'text' ? kind.readText(String(given), options) : given, options)
      return kind.toServer ? kind.toServer(wire) : wire
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      return faults.add(path, error.code, error.message)
    }
  }
}

function objectReader(registry: Registry, info: ObjectInfo, from: 'json' | 'text'): Reader {
  const parts = Object.entries(info.parts).map(([name, part]) => ({ name, read: openReader(registry, part, from) }))
  const known = new Set(parts.map(({ name }) => name))
  const partial = info.is === 'partial'
  const strict = info.others !== 'drop'
  return (given, path, faults) => {
    if (!isObject(given)) return faults.add(path, 'wrong_type', `Expected an object, found ${nameOfType(given)}.`)
    if (strict) for (const name of Object.keys(given)) if (!known.has(name)) faults.addUnknown(join(path, shown(name)), known)
    const result: Record<string, unknown> = {}
    for (const { name, read } of parts) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value !== undefined || !partial) result[name] = read(value, join(path, name), faults)
    }
    return result
  }
}

function listReader({ min, max }: ListInfo, read: Reader): Reader {
  return (given, path, faults) => {
    if (!Array.isArray(given)) return faults.add(path, 'wrong_type', `Expected a list, found ${nameOfType(given)}.`)
    const { length } = given
    if (length < min) return faults.add(path, 'too_short', `Needs at least ${min} items, has ${length}.`)
    if (length > max) return faults.add(path, 'too_long', `May have at most ${max} items, has ${length}.`)
    return Array.from(given, (item, i) => read(item, join(path, String(i)), faults))
  }
}

function mapReader({ max }: MapInfo, read: Reader): Reader {
  return (given, path, faults) => {
    if (!isObject(given)) return faults.add(path, 'wrong_type', `Expected an object, found ${nameOfType(given)}.`)
    const names = Object.keys(given)
    if (names.length > max) return faults.add(path, 'too_long', `May have at most ${max} names, has ${names.length}.`)
    const result: Record<string, unknown> = {}
    for (const name of names) {
      const at = join(path, shown(name))
      // As a key of an object it would be lost, or do harm when copied by others; the rest no database keeps.
      if (name === '__proto__' || !isStorableText(name)) faults.add(at, 'wrong_format', 'This name cannot be kept.')
      else result[name] = read(given[name], at, faults)
    }
    return result
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isDate(value)
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
/** What a caller chose may be of any length. */
const shown = (name: string): string => name.toWellFormed().slice(0, longestName)
