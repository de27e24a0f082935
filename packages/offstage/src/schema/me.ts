// The caller, as rules and defaults name them. At run time one object serves every app; `rules.ts` gives it its types.

import { Place } from '../base/place.ts'

declare const value: unique symbol
declare const row: unique symbol
declare const condition: unique symbol

/** A value of the caller, not known until there is one. It fits where a value of its type fits: in rules, and in what code asks as a caller. */
export interface MeValue<T> {
  readonly [value]: T
}
/** The caller, or a row the caller refers to; it fits only where a row of the same model fits. */
export interface MeRef<Name> {
  readonly [row]: Name
}
/** A condition on the caller alone. */
export interface MeIs {
  readonly [condition]: true
}
/** Keeps `me` itself from passing for a filter: it has columns too. */
export interface NotMe {
  readonly [row]?: never
}
/** `t.me`: the caller without types, for rules and defaults inside a model's own fields, where the user's type is still in the making. */
export type AnyMe = MeRef<any> & MeValue<any> & { readonly [column: string]: AnyMeColumn } & { is(filter: object): MeIs }
export type AnyMeColumn = MeRef<any> & MeValue<any>

/** Stands in a declaration for a value of the caller: `[]` is the id, `['team']` a column. */
class MeNode {
  readonly #path: readonly string[]
  constructor(path: readonly string[]) {
    this.#path = path
  }
  static pathOf(node: MeNode): readonly string[] {
    return node.#path
  }
}

class MeIsNode {
  readonly filter: object
  readonly place: Place
  constructor(filter: object) {
    this.filter = filter
    this.place = new Place()
  }
}

const root = new MeNode([])
const is = (filter: object): MeIsNode => new MeIsNode(filter)

/** The caller: `me`, `me.team`, `me.is({ role: 'admin' })`. Typed by `kit` and `defineModels`. */
export const me: AnyMe = new Proxy(root, {
  get: (_, key) => (typeof key === 'symbol' ? undefined : key === 'is' ? is : key === 'id' ? me : new MeNode([key])),
}) as unknown as AnyMe

/** The path if it is `me` or `me.x`, undefined for anything else: `[]` is the caller's id. */
export function mePath(input: unknown): readonly string[] | undefined {
  if (input === me) return []
  return input instanceof MeNode ? MeNode.pathOf(input) : undefined
}

/** The filter on the user model if it is `me.is(filter)`, undefined for anything else. */
export function meCondition(input: unknown): { readonly filter: object; readonly place: string } | undefined {
  return input instanceof MeIsNode ? { filter: input.filter, place: input.place.toString() } : undefined
}
