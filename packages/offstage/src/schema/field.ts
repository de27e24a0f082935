// What a model is made of: values, references to one row, and lists of rows that refer back.
// A field's type is carried by the phantom keys that begin with `~`; the rest is what the field holds at run time.

import type { OptionProblem } from '../base/options.ts'
import { Place } from '../base/place.ts'
import type { Kind, KindName, KindOptions } from './kind.ts'
import { mePath, type MeIs, type MeRef, type MeValue } from './me.ts'

/**
 * What types must know of a field beside its value. `me`: filled with the caller. `hidden`: selected only when revealed.
 * `masked`: null for readers whom a rule keeps from it. `unreadable`, `closed`: no caller reads it, or writes it. `own`: kept by Offstage. `key`: an id that the app gives.
 * @public
 */
export type Flag = 'optional' | 'default' | 'me' | 'unique' | 'hidden' | 'masked' | 'unreadable' | 'closed' | 'own' | 'key'

/** The name that stands for the user model until the app is known. */
export type UserToken = '~user'
export const userToken: UserToken = '~user'

/** The field that a slug is made of, and whether it changes with it. */
export interface SlugSource {
  readonly of: string
  readonly follow: boolean
}

export interface FieldInfo {
  readonly kind: Kind
  readonly options: KindOptions
  readonly place: Place
  readonly optional?: true
  readonly default?:
    | { readonly value: unknown }
    | { readonly make: () => unknown }
    | { readonly me: readonly string[] }
    | { readonly slug: SlugSource }
  readonly unique?: true
  readonly index?: true
  readonly searchable?: true
  readonly hidden?: true
  readonly readable?: unknown
  readonly writable?: unknown
  readonly renamedFrom?: string
  readonly renamedChoices?: Readonly<Record<string, string>>
  readonly column?: string
  /** Of references and lists: the model named. */
  readonly target?: string
  readonly onDelete?: 'restrict' | 'cascade' | 'clear'
  readonly via?: string
  readonly through?: string
  /** What is wrong with the options that its builder was given. */
  readonly problems?: readonly OptionProblem[]
}

/** A rule of one field. Its filters are checked when the app is put together, because the model's fields are still being listed here. */
export type FieldRule = UserRule | object
type UserRule = 'everyone' | 'signed-in' | 'nobody' | MeIs

interface Modifiers {
  readonly info: FieldInfo
}

/** A column. `K` is its kind, `T` its value on the server. */
export interface Field<K extends KindName, T, F = never> extends Modifiers {
  readonly '~kind': K
  readonly '~value': T
  readonly '~flags': F
  /** May be left out, and is null then. */
  optional(): Field<K, T | null, F | 'optional'>
  /** A value of the caller, in what callers write. The system must give the field itself. (`t.me.x` is maybe undefined to the checker, never at run time.) */
  default(value: MeRef<any> | MeValue<any> | undefined): Field<K, T, F | 'me'>
  /** Used when a create leaves the field out: a value, or a function called for every row. */
  default(value: T | (() => T)): Field<K, T, F | 'default'>
  /** No two rows may have the same value; rows without a value do not count. Emails are compared without case. */
  unique(): Field<K, T, F | 'unique'>
  /** Makes filters and sorts by this field fast. */
  index(): Field<K, T, F>
  /** Takes part in `search=`: by words and beginnings of words, without case and accents; the field declared first counts most. Text, emails and URLs only. */
  searchable(this: Field<'text' | 'email' | 'url', T, F>): Field<K, T, F>
  /** Never leaves the database, not even for the system, unless `reveal` names it. Callers write it only where `writable` says so. */
  hidden(): Field<K, T, F | 'hidden'>
  /**
   * Who may see the value. A rule about the caller alone (a word, `me.is`): for others the field does not exist.
   * A filter on the row: for others the value is null, in sorts and aggregates too.
   */
  readable<const R extends FieldRule>(rule: R): Field<K, T, F | ReadableFlag<R>>
  /** Who may write the value; must hold on the row before and after. `'nobody'` leaves it to the system and to hooks. */
  writable<const R extends FieldRule>(rule: R): Field<K, T, F | WritableFlag<R>>
  /** The name it had: the column is renamed, and its values stay. */
  renamedFrom(name: string): Field<K, T, F>
  /** Of enums: what choices became (`{ draft: 'unpublished' }`). Rows that have the old one get the new one. */
  renamedChoices(this: Field<'enum', T, F>, renames: Readonly<Record<string, NonNullable<T>>>): Field<K, T, F>
  /** The name of the column in the database. Default: the field's own name. */
  column(name: string): Field<K, T, F>
}

/** A reference to one row of another model; its value is the id. */
export interface Ref<Name extends string, T = string, F = never> extends Modifiers {
  readonly '~kind': 'ref'
  readonly '~value': T
  readonly '~flags': F
  readonly '~ref': Name
  optional(): Ref<Name, T | null, F | 'optional'>
  default(value: MeRef<any> | undefined): Ref<Name, T, F | 'me'>
  default(value: T | (() => T)): Ref<Name, T, F | 'default'>
  unique(): Ref<Name, T, F | 'unique'>
  index(): Ref<Name, T, F>
  hidden(): Ref<Name, T, F | 'hidden'>
  readable<const R extends FieldRule>(rule: R): Ref<Name, T, F | ReadableFlag<R>>
  writable<const R extends FieldRule>(rule: R): Ref<Name, T, F | WritableFlag<R>>
  renamedFrom(name: string): Ref<Name, T, F>
  column(name: string): Ref<Name, T, F>
  /** When the row referred to is deleted: refuse (`restrict`, the default), delete this row too, or clear the reference. */
  onDelete(rule: 'restrict' | 'cascade' | 'clear'): Ref<Name, T, F>
}

/** The rows of another model that refer to this one by `via`, or are tied to it through rows of a model between. */
export interface Many<Name extends string, Via extends string = never, Between extends string = never> extends Modifiers {
  readonly '~kind': 'many'
  readonly '~many': Name
  readonly '~via': Via
  readonly '~through': Between
}
/** Not yet a list: `t.many('tags')` needs to hear through which model. */
export interface ManyOpen<Between extends string, Name extends string> {
  /** The model between, which has one reference to this model and one to the other. */
  through<const B extends Between>(model: B): Many<Name, never, B>
}

type ReadableFlag<R> = R extends 'nobody' ? 'unreadable' : R extends UserRule | readonly UserRule[] ? never : 'masked'
type WritableFlag<R> = R extends 'nobody' ? 'closed' : never

/** What may be declared: anything built by `t`, under any name that does not mean something else in a filter. */
export type Fields = { readonly [name: string]: Modifiers } & {
  readonly id?: never
  readonly and?: never
  readonly or?: never
  readonly not?: never
}

/** The one class behind the interfaces above. */
export class FieldNode {
  readonly info: FieldInfo
  constructor(info: FieldInfo) {
    this.info = info
  }
  #with(change: Partial<FieldInfo>): FieldNode {
    return new FieldNode({ ...this.info, ...change })
  }
  optional(): FieldNode {
    return this.#with({ optional: true })
  }
  default(value: unknown): FieldNode {
    const path = mePath(value)
    return this.#with({ default: path ? { me: path } : typeof value === 'function' ? { make: value as () => unknown } : { value } })
  }
  unique(): FieldNode {
    return this.#with({ unique: true })
  }
  index(): FieldNode {
    return this.#with({ index: true })
  }
  searchable(): FieldNode {
    return this.#with({ searchable: true })
  }
  hidden(): FieldNode {
    return this.#with({ hidden: true })
  }
  readable(rule: unknown): FieldNode {
    return this.#with({ readable: rule })
  }
  writable(rule: unknown): FieldNode {
    return this.#with({ writable: rule })
  }
  renamedFrom(name: string): FieldNode {
    return this.#with({ renamedFrom: name })
  }
  renamedChoices(renames: Readonly<Record<string, string>>): FieldNode {
    return this.#with({ renamedChoices: renames })
  }
  column(name: string): FieldNode {
    return this.#with({ column: name })
  }
  onDelete(rule: 'restrict' | 'cascade' | 'clear'): FieldNode {
    return this.#with({ onDelete: rule })
  }
  through(model: string): FieldNode {
    return this.#with({ through: model })
  }
}

export function createField(kind: Kind, options: KindOptions = {}, more: Partial<FieldInfo> = {}): FieldNode {
  return new FieldNode({ kind, options, place: new Place(), ...more })
}
