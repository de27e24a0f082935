import { OffstageError } from '../base/errors.ts'
import { Place } from '../base/place.ts'
import { requireObject } from '../base/refuse-options.ts'
import type { Field, Fields } from './field.ts'
import type { Action, HookEvent } from './registry.ts'
import type { HookArgs, HookResult } from './hooks.ts'
import type { Rules } from './rules.ts'

export type ApiOperation = 'list' | 'get' | 'create' | 'update' | 'delete' | 'aggregate'
export const apiOperations: readonly ApiOperation[] = ['list', 'get', 'create', 'update', 'delete', 'aggregate']

/** The fields that every model has of itself. All are kept by Offstage; callers never write them, the system may at creation. */
export interface OwnFields {
  readonly id: Field<'id', string, 'own'>
  readonly createdAt: Field<'datetime', Date, 'own'>
  readonly updatedAt: Field<'datetime', Date, 'own'>
  /** Counts the writes of the row, from 1; `If-Match` compares it. */
  readonly version: Field<'integer', number, 'own'>
}

/** For tables that exist already: which own fields they have. */
export interface OwnOptions {
  /** `t.serial()` or `t.key()`. Default: a UUID of version 7. */
  readonly id?: Field<'id', string, any>
  readonly createdAt?: false
  readonly updatedAt?: false
  /** Without it the model's rows have no ETag by version, and `If-Match` is refused. */
  readonly version?: false
}

/** The fields of a model, own ones included. */
export type AllFields<F, O> = F &
  ({} extends O
    ? OwnFields
    : {
        readonly [K in keyof OwnFields as K extends keyof O ? (O[K] extends false ? never : K) : K]: O extends Record<
          K,
          Field<any, any, any>
        >
          ? O[K]
          : OwnFields[K]
      })

export interface ModelOptions<N = string, O = OwnOptions> {
  /** The name of the table in the database. Default: the model's name. */
  readonly table?: string
  /** The name that the table had (the model's, unless `table` gave another): it is renamed, and its rows stay. */
  readonly renamedFrom?: string
  /**
   * The table is there already and somebody else's: Offstage reads and writes its rows, and never makes, checks or alters it.
   * `offstage introspect` writes such models. Default false.
   */
  readonly adopted?: boolean
  /** Groups of fields whose values together are unique: `[['order', 'product']]`. */
  readonly unique?: readonly (readonly N[])[]
  /** Groups of fields to make fast together. */
  readonly index?: readonly (readonly (N | keyof OwnFields)[])[]
  /** Which operations have REST routes; rules hold all the same. Default: the `api` of the app, else all. */
  readonly api?: readonly ApiOperation[]
  /** What people call one row. Default: made from the model's name. */
  readonly label?: string
  readonly own?: O
}

/**
 * One kind of row. Its fields are its type; what it allows and does is told to it afterwards, in statements, so that
 * rules may mention any other model (and the user) without the types going in a circle.
 *
 * `in out` is what the checker would find for itself, by comparing all rules and hooks of two made-up apps.
 */
export interface Model<in out A, in out F> {
  readonly '~model': true
  readonly '~fields': F
  /** Who may do what. Without a rule for an operation, nobody may. A second call replaces the rules it names again. */
  access(rules: Rules<A, F>): void
  /**
   * Code that runs inside the transaction of every write, whoever writes. What it throws undoes the write. It may run
   * again when the transaction is retried, so it changes data and nothing else.
   */
  on<const E extends HookEvent>(event: E, hook: (change: HookArgs<A, F>[E]) => HookResult<F>[E]): void
}

export class ModelNode {
  readonly fields: Fields
  readonly options: ModelOptions
  readonly place: Place | undefined
  readonly hooks: { readonly event: HookEvent; readonly run: (change: any) => unknown; readonly place: Place }[] = []
  rules: Partial<Record<Action, unknown>> = {}
  rulePlace: Place | undefined

  /** `place` is absent where one call declares many models: each then stands where its first field does. */
  constructor(fields: Fields, options: ModelOptions = {}, place?: Place) {
    requireObject('model(...)', fields, 'model({ name: t.text() })')
    requireObject('model(fields, ...)', options, "model({ ... }, { unique: [['one', 'other']] })")
    this.fields = fields
    this.options = options
    this.place = place
  }
  access(rules: Partial<Record<Action, unknown>>): void {
    requireObject('access(...)', rules, "access({ read: 'everyone' })")
    this.rules = { ...this.rules, ...rules }
    this.rulePlace = new Place()
  }
  on(event: HookEvent, run: (change: any) => unknown): void {
    if (typeof run !== 'function')
      throw new OffstageError('declaration', {
        detail: `on('${String(event)}') has no function to run.`,
        hint: `Write on('${String(event)}', async ({ row, db }) => { ... }).`,
        place: new Place().toString(),
      })
    this.hooks.push({ event, run, place: new Place() })
  }
  placeText(): string {
    return (this.place ?? Object.values(this.fields)[0]?.info.place)?.toString() ?? ''
  }
}

/** `model` without its types: for Offstage's own models. */
export function createModel(fields: object, options: object = {}): ModelNode {
  return new ModelNode(fields as Fields, options as ModelOptions, new Place())
}
