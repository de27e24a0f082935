// Checks between two models, which cannot be made where one model is written. Types only; `check.ts` does the same at run time.

import type { UserToken } from './field.ts'
import type { Problem, Relations } from './rows.ts'

/** The declared fields of one entry: a literal of `defineModels`, or a model. */
type FieldsIn<X> = X extends { readonly '~fields': infer F } ? F : X
type RefTo<X> = X extends { readonly '~ref': infer N } ? N : never

type BadRef<M, N, U> = N extends UserToken
  ? [U] extends [never]
    ? 'the app has no user model'
    : never
  : N extends keyof M
    ? never
    : `the app has no model '${N & string}'`
type BadVia<M, N, V> = N extends keyof M
  ? V extends keyof FieldsIn<M[N]>
    ? [RefTo<FieldsIn<M[N]>[V]>] extends [never]
      ? `'${V & string}' of '${N & string}' is not a reference`
      : never
    : `'${N & string}' has no field '${V & string}'`
  : `the app has no model '${N & string}'`
type BadMany<M, N, V, B> = [B] extends [never]
  ? BadVia<M, N, V>
  : N extends keyof M
    ? B extends keyof M
      ? never
      : `the app has no model '${B & string}'`
    : `the app has no model '${N & string}'`

type BadField<M, X, U> = X extends { readonly '~many': infer N; readonly '~via': infer V; readonly '~through': infer B }
  ? BadMany<M, N, V, B>
  : X extends { readonly '~ref': infer N }
    ? BadRef<M, N, U>
    : never
type BadFields<M, F, U> = { [K in Relations<F>]: BadField<M, F[K], U> }[Relations<F>]

/** `M` itself where all is well, a sentence in place of each model that is not. */
export type Sound<M, U> = {
  [N in keyof M]: BadFields<M, FieldsIn<M[N]>, U> extends infer P ? ([P] extends [never] ? M[N] : Problem<P & string>) : never
}
