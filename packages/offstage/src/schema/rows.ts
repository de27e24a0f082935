// The shapes that follow from a model's fields: rows, inserts and patches. Types only.
// `A` is the app's own interface. Names are looked up in it only when used, so models may refer to each other freely.

import type { Flag, Many, Ref, UserToken } from './field.ts'

export type Simplify<T> = { [K in keyof T]: T[K] } & {}

/** A type that nothing has: the checker quotes it, so its message is what the developer reads. */
export interface Problem<Message extends string> {
  readonly problem: Message
}

/**
 * Who a shape is for. `system` sees and writes all but what is hidden; `caller` is code that acts for the caller;
 * `client` is the same over HTTP, where instants are text.
 */
export type Side = 'system' | 'caller' | 'client'

// --- names, looked up in the app

export type Models<A> = A extends { readonly models: infer M } ? M : never
export type ModelName<A> = keyof Models<A> & string
export type FieldsOf<A, N> = N extends keyof Models<A> ? (Models<A>[N] extends { readonly '~fields': infer F } ? F : never) : never
export type UserName<A> = A extends { readonly user: infer N } ? N : never
export type UserFields<A> = FieldsOf<A, UserName<A>>
/** The model on the other side of a reference or list. */
export type Target<A, X> = X extends { readonly '~ref': infer N }
  ? N extends UserToken
    ? UserName<A>
    : N
  : X extends { readonly '~many': infer N }
    ? N
    : never
export type TargetFields<A, X> = FieldsOf<A, Target<A, X>>

// --- one field

export type AnyRef = Ref<any, any, any>
export type AnyMany = Many<any, any, any>
export type KindOf<X> = X extends { readonly '~kind': infer K } ? K : never
export type Value<X> = X extends { readonly '~value': infer T } ? T : never
/** What a column fits that has none of these flags. */
type Without<Flags> = { readonly '~flags': Exclude<Flag, Flags> }

type Wire<T> = T extends Date ? string : T
/** The value that a reader gets. */
export type Out<X, S extends Side> = S extends 'system'
  ? Value<X>
  : (S extends 'client' ? Wire<Value<X>> : Value<X>) | (X extends Without<'masked'> ? never : null)
type Given<T> = T extends Date ? Date | string : T
/** The value that a writer gives: instants as `Date` or as text with an offset. */
export type In<X> = Given<Value<X>>

// --- which fields

/**
 * The fields that fit `Test`, a type without parameters: the checker then compares it once with each kind of field, for all models. A condition
 * to be worked out for each field of each model, once more for each side, costs many times as much.
 */
type Which<F, Test> = { [K in keyof F]: F[K] extends Test ? K : never }[keyof F]

/** What columns fit that a side reads without asking, writes, must give for a new row, and may change. No list fits: it has no flags. */
interface Tests {
  system: {
    visible: Without<'hidden'>
    written: Without<never>
    required: Without<'optional' | 'default' | 'own'>
    patched: Without<'own' | 'key'>
  }
  caller: {
    visible: Without<'hidden' | 'unreadable'>
    written: Without<'own' | 'closed'>
    required: Without<'own' | 'closed' | 'optional' | 'default' | 'me'>
    patched: Without<'own' | 'closed' | 'key'>
  }
  client: Tests['caller']
}

export type Lists<F> = Which<F, AnyMany>
/** The fields that are columns; lists live on the other side. */
export type Columns<F> = Exclude<keyof F, Lists<F>>
export type References<F> = Which<F, AnyRef>
export type Relations<F> = Lists<F> | References<F>
export type Hidden<F> = Exclude<keyof F, Lists<F> | Visible<F, 'system'>>
/** The columns that a reader gets without asking. */
export type Visible<F, S extends Side> = Which<F, Tests[S]['visible']>
type Required_<F, S extends Side> = Which<F, Tests[S]['required']>
type Lackable<F, S extends Side> = Exclude<Which<F, Tests[S]['written']>, Required_<F, S>>

// --- rows

/** A row without anything included. */
export type Row<F, S extends Side = 'system'> = { [K in Visible<F, S>]: Out<F[K], S> }

/** What a new row of the other side needs: all but the reference back, which is filled in. */
type NestedInsert<A, X, S extends Side> = X extends { readonly '~via': infer V; readonly '~through': infer B }
  ? [B] extends [never]
    ? Omit<Insert<A, TargetFields<A, X>, S>, V & string>
    : Insert<A, TargetFields<A, X>, S>
  : never

/** Rows of a list to make, and ids of rows to tie to this one. */
export interface NestedCreate<A, X, S extends Side> {
  readonly create?: readonly NestedInsert<A, X, S>[]
  readonly connect?: readonly string[]
}
export interface NestedUpdate<A, X, S extends Side> extends NestedCreate<A, X, S> {
  /** Ids of rows to untie: the reference back is cleared, or the row between deleted. */
  readonly disconnect?: readonly string[]
}

/** The values of a new row. */
export type Insert<A, F, S extends Side = 'system'> = { readonly [K in Required_<F, S>]: In<F[K]> } & {
  readonly [K in Lackable<F, S>]?: In<F[K]>
} & {
  readonly [K in Lists<F>]?: NestedCreate<A, F[K], S>
}

/** The values of a new row, of which those named `K` are known already. */
export type InsertBeside<A, F, S extends Side, K> = Omit<Insert<A, F, S>, K & string> &
  Partial<Pick<Insert<A, F, S>, K & keyof Insert<A, F, S>>>

type Atomic<X> =
  KindOf<X> extends 'integer' | 'number'
    ? { readonly increment: number } | { readonly decrement: number }
    : KindOf<X> extends 'decimal'
      ? { readonly increment: string } | { readonly decrement: string }
      : KindOf<X> extends 'json'
        ? NonNullable<Value<X>> extends readonly (infer I)[]
          ? { readonly append: readonly I[] }
          : never
        : never

/** Changes of a row. `{ increment }`, `{ decrement }` and `{ append }` are worked out in the database, so none is lost. */
export type Patch<A, F, S extends Side = 'system'> = {
  readonly [K in Which<F, Tests[S]['patched']>]?: In<F[K]> | Atomic<F[K]>
} & {
  readonly [K in Lists<F>]?: NestedUpdate<A, F[K], S>
}
type Values<F, N extends keyof F> = { readonly [K in N]?: In<F[K]> }
/** Columns that a hook may set besides what the writer gave. */
export type HookPatch<F> = Values<F, Which<F, Tests['system']['patched']>>

// --- for apps that need to name a shape: `RowOf<Shop, 'orders'>`

/** A row of a model. `S` is for whom: `caller` unless given. */
export type RowOf<A, N extends ModelName<A>, S extends Side = 'caller'> = Row<FieldsOf<A, N>, S>
export type InsertOf<A, N extends ModelName<A>, S extends Side = 'caller'> = Insert<A, FieldsOf<A, N>, S>
export type PatchOf<A, N extends ModelName<A>, S extends Side = 'caller'> = Patch<A, FieldsOf<A, N>, S>
