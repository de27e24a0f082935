// What hooks are given and may answer. Types only.

import type { HookEvent } from './registry.ts'
import type { HookPatch, Row, UserFields } from './rows.ts'
import type { Db } from './tables.ts'

interface Cause<A> {
  /** Who caused the write: null for the anonymous and the system. */
  readonly user: Row<UserFields<A>> | null
  /** As whoever caused the write, in its transaction. */
  readonly db: Db<A>
}
interface WithRow<A, F> extends Cause<A> {
  readonly row: Row<F>
}
interface WithBefore<A, F> extends WithRow<A, F> {
  /** The row as it was. */
  readonly before: Row<F>
}

export interface HookArgs<A, F> extends Record<HookEvent, unknown> {
  /** `row` as it will be written, defaults filled in. */
  creating: WithRow<A, F>
  created: WithRow<A, F>
  /** `row` as it would become. */
  updating: WithBefore<A, F>
  updated: WithBefore<A, F>
  deleting: WithRow<A, F>
  deleted: WithRow<A, F>
}

type Nothing = void | undefined
export interface HookResult<F> extends Record<HookEvent, unknown> {
  creating: HookPatch<F> | Nothing | Promise<HookPatch<F> | Nothing>
  created: unknown
  updating: HookPatch<F> | Nothing | Promise<HookPatch<F> | Nothing>
  updated: unknown
  deleting: unknown
  deleted: unknown
}
