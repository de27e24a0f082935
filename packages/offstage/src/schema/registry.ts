// The declaration, resolved: every name looked up once, every default filled in. The rest of Offstage reads only this.

import type { Place } from '../base/place.ts'
import type { SlugSource } from './field.ts'
import type { Kind, KindOptions, Json } from './kind.ts'

export type Action = 'read' | 'create' | 'update' | 'updateTo' | 'delete'
/** A rule as it was declared: a word, a filter in which `me` may stand, `me.is(...)`, or a list of these. */
export type RuleDeclaration = unknown

export interface FieldDef {
  readonly model: string
  readonly name: string
  /** Physical name; for lists it is empty. */
  readonly column: string
  readonly kind: Kind
  readonly options: KindOptions
  readonly optional: boolean
  /**
   * A wire value, a function giving a value, a reference to the caller (`{ me: [] }`, `{ me: ['team'] }`), or what a slug is made of.
   * Absent: none.
   */
  readonly default?:
    | { readonly value: Json }
    | { readonly make: () => unknown }
    | { readonly me: readonly string[] }
    | { readonly slug: SlugSource }
  readonly unique: boolean
  readonly index: boolean
  readonly searchable: boolean
  readonly hidden: boolean
  readonly readable?: RuleDeclaration
  readonly writable?: RuleDeclaration
  readonly renamedFrom?: string
  /** Of enums: old choices to what they became. */
  readonly renamedChoices?: Readonly<Record<string, string>>
  /** Of references: the model referred to, and what deleting the target does to this row. */
  readonly target?: string
  readonly onDelete?: 'restrict' | 'cascade' | 'clear'
  /** Of lists: `target` is the model of the elements, `via` its reference back; with `through`, `via` and `to` are references of the model between. */
  readonly via?: string
  readonly through?: string
  readonly to?: string
  /** `id`, `createdAt`, `updatedAt`, `version`: kept by Offstage, never written by callers. */
  readonly own: boolean
  readonly place?: string
}

export type HookEvent = 'creating' | 'created' | 'updating' | 'updated' | 'deleting' | 'deleted'
export interface Hook {
  readonly run: (change: any) => unknown
  /** Where it was given to the model. */
  readonly place: Place
}

export interface ModelDef {
  readonly name: string
  readonly table: string
  /** The name that the table had. */
  readonly renamedFrom?: string
  readonly label: string
  /** Offstage never makes or alters its table. */
  readonly adopted: boolean
  /** One of Offstage's own models (sessions, credentials): no API, no rules, only the system reads it. */
  readonly system: boolean
  /** All fields by name, own ones first, lists included. */
  readonly fields: ReadonlyMap<string, FieldDef>
  /** The fields that are columns, in order; `columns[0]` is the id. */
  readonly columns: readonly FieldDef[]
  readonly rules: Readonly<Partial<Record<Action, RuleDeclaration>>>
  readonly hooks: Readonly<Record<HookEvent, readonly Hook[]>>
  /** Groups of field names; single unique fields are in it too. */
  readonly unique: readonly (readonly string[])[]
  readonly index: readonly (readonly string[])[]
  /** Which operations have REST routes. */
  readonly api: ReadonlySet<'list' | 'get' | 'create' | 'update' | 'delete' | 'aggregate'>
  /** Where it is declared: `models/notes.ts:9`. */
  readonly place?: string
  readonly rulePlace?: string
}

export interface Registry {
  readonly models: ReadonlyMap<string, ModelDef>
  /** The model of the users, if the app has one. */
  readonly user: ModelDef | undefined
  /** References that point at a model, for cascades: target name to the referring fields. */
  readonly referrers: ReadonlyMap<string, readonly FieldDef[]>
}

/** The names of the app's own models. */
export const modelNames = ({ models }: Registry): string[] => [...models.values()].flatMap(({ system, name }) => (system ? [] : [name]))

/** One thing wrong with the declaration; all are shown at once. `id` has a section in `docs/checks.md`. */
export interface DeclarationProblem {
  readonly id: string
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly place?: string | undefined
  readonly hint: string
}
