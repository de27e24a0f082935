// Values within values, for what endpoints take and give. A model has none: its rows are flat, or hold `t.json`.

import { optionCheck, type OptionNames, type OptionProblem } from '../base/options.ts'
import type { FieldInfo } from './field.ts'
import type { In, Simplify, Value } from './rows.ts'

export interface ObjectOptions {
  /**
   * Names that are not declared: `'refuse'` (the default) answers `unknown_field`; `'drop'` leaves them out, for an API dictated from
   * outside. What an endpoint gives never has them, either way.
   */
  readonly others?: 'refuse' | 'drop'
  /** What it is called in the docs, where it then stands once: `'Article'`. Default: it stands wherever it is used. */
  readonly name?: string
}
export interface ListOptions {
  /** Fewest items. Default 0. */
  readonly min?: number
  /** Most items. Default 1,000. */
  readonly max?: number
}
export interface MapOptions {
  /** Most names. Default 1,000. */
  readonly max?: number
}

/** A field or a shape: a value of an endpoint. */
export type Part = AnyField | AnyShape
export type Parts = { readonly [name: string]: Part }
interface AnyField {
  readonly info: FieldInfo
  readonly '~value': unknown
}
export interface AnyShape {
  readonly shape: ShapeInfo
  readonly '~value': unknown
  readonly '~from': unknown
}

/** A value with values in it. `T` is what server code holds, `From` what is given for it. */
export interface Shape<T, From, F = never> extends AnyShape {
  readonly '~value': T
  readonly '~from': From
  readonly '~flags': F
  /** May be left out, and is null then. */
  optional(): Shape<T | null, From | null, F | 'optional'>
  /** Used when it is left out: a value, or a function called each time. */
  default(value: From | (() => From)): Shape<T, From, F | 'default'>
}
/** An object of which every name may be left out. It has no default: nothing given is `{}`. */
export interface PartialShape<T, From, F = never> extends AnyShape {
  readonly '~value': T
  readonly '~from': From
  readonly '~flags': F
  /** May be left out, and is null then. */
  optional(): PartialShape<T | null, From | null, F | 'optional'>
}

/** What server code holds of parts by name. */
export type ValuesOf<F> = { readonly [K in keyof F]: Value<F[K]> }
/** What is given for a part. */
export type FromOf<X> = X extends { readonly '~from': infer T } ? T : In<X>
type Lackable<F> = {
  [K in keyof F]: F[K] extends { readonly '~flags': infer G } ? ([G & ('optional' | 'default')] extends [never] ? never : K) : never
}[keyof F]
/** What is given for parts by name. */
export type ValuesFrom<F> = Simplify<
  { readonly [K in Exclude<keyof F, Lackable<F>>]: FromOf<F[K]> } & { readonly [K in Lackable<F>]?: FromOf<F[K]> }
>

interface Common {
  readonly optional?: true
  readonly default?: { readonly value: unknown } | { readonly make: () => unknown }
  /** What is wrong with the options that its builder was given. */
  readonly problems?: readonly OptionProblem[]
}
export interface ObjectInfo extends Common {
  readonly is: 'object' | 'partial'
  readonly parts: Parts
  readonly others: 'refuse' | 'drop'
  readonly name?: string
}
export interface ListInfo extends Common {
  readonly is: 'list'
  readonly item: Part
  readonly min: number
  readonly max: number
}
export interface MapInfo extends Common {
  readonly is: 'map'
  readonly item: Part
  readonly max: number
}
/** What a shape is at run time. */
export type ShapeInfo = ObjectInfo | ListInfo | MapInfo

/** The one class behind the interfaces above. */
export class ShapeNode {
  readonly shape: ShapeInfo
  declare readonly '~value': unknown
  declare readonly '~from': unknown
  constructor(shape: ShapeInfo) {
    this.shape = shape
  }
  optional(): ShapeNode {
    return new ShapeNode({ ...this.shape, optional: true })
  }
  default(value: unknown): ShapeNode {
    return new ShapeNode({ ...this.shape, default: typeof value === 'function' ? { make: value as () => unknown } : { value } })
  }
}

/** The builders of shapes. */
export interface Shapes {
  /** Values by name: `t.object({ title: t.text(), author: t.object({ ... }) })`. */
  object<F extends Parts>(parts: F, options?: ObjectOptions): Shape<ValuesOf<F>, ValuesFrom<F>>
  /**
   * The same for changes: every name may be left out, and is not there then. Null is only for what is `.optional()`, defaults are not
   * applied, so it is what `db.x.update(id, values)` takes.
   */
  partial<F extends Parts>(
    parts: F,
    options?: ObjectOptions,
  ): PartialShape<{ readonly [K in keyof F]?: Value<F[K]> }, { readonly [K in keyof F]?: FromOf<F[K]> }>
  /** A list of fields or shapes: `t.list(t.text(), { max: 20 })`. At most 1,000 items, or `max`. */
  list<X extends Part>(item: X, options?: ListOptions): Shape<Value<X>[], readonly FromOf<X>[]>
  /** Values under names that the caller chooses: `t.map(t.integer())`. At most 1,000 names, or `max`. */
  map<X extends Part>(item: X, options?: MapOptions): Shape<{ [name: string]: Value<X> }, { readonly [name: string]: FromOf<X> }>
}

const most = 1_000

const objectNames: OptionNames<ObjectOptions> = { others: true, name: true }
const listNames: OptionNames<ListOptions> = { min: true, max: true }
const mapNames: OptionNames<MapOptions> = { max: true }

function objectOf(is: 'object' | 'partial', parts: Parts, options?: ObjectOptions): ShapeNode {
  const { others = 'refuse', name } = options ?? {}
  return new ShapeNode({ is, parts, others, ...(name !== undefined && { name }), ...optionCheck(`t.${is}`, options, objectNames) })
}

export const shapes = {
  object: (parts: Parts, options?: ObjectOptions): ShapeNode => objectOf('object', parts, options),
  partial: (parts: Parts, options?: ObjectOptions): ShapeNode => objectOf('partial', parts, options),
  list: (item: Part, options?: ListOptions): ShapeNode => {
    const { min = 0, max = most } = options ?? {}
    return new ShapeNode({ is: 'list', item, min, max, ...optionCheck('t.list', options, listNames) })
  },
  map: (item: Part, options?: MapOptions): ShapeNode => {
    const { max = most } = options ?? {}
    return new ShapeNode({ is: 'map', item, max, ...optionCheck('t.map', options, mapNames) })
  },
}
