// Transactions as a tree of frames: the transaction, the savepoints in it, the hooks in those. A `db` is bound to one frame, and the
// writes of a frame take turns, so that savepoints nest as the code does even when it runs writes side by side.

import { AsyncResource } from 'node:async_hooks'
import { OffstageError } from '../base/errors.ts'
import type { Principal } from '../query/principal.ts'
import type { Transaction } from '../store/store.ts'
import type { Core } from './core.ts'
import type { ChangeEntry, TransactionChoices } from './data.ts'

export interface Root {
  readonly tx: Transaction
  readonly entries: ChangeEntry[]
  /** Rows written so far: a row in memory is as in the database while this stands still. */
  writes: number
  /** Who reads what is written here from where it is written. */
  readonly causes: Set<Principal>
}

export class Frame {
  readonly root: Root
  readonly parent: Frame | undefined
  /** The hooks that led here: `['orders.updated', 'stock.updating']`. */
  readonly chain: readonly string[]
  open = true
  #last: Promise<void> | undefined

  constructor(root: Root, parent: Frame | undefined, chain: readonly string[]) {
    this.root = root
    this.parent = parent
    this.chain = chain
  }

  /** Runs after what was asked before it. */
  async turn<T>(run: () => Promise<T>): Promise<T> {
    const before = this.#last
    let done!: () => void
    const mine = new Promise<void>((resolve) => (done = resolve))
    this.#last = mine
    try {
      if (before) await before
      if (!this.open) throw ended()
      return await run()
    } finally {
      if (this.#last === mine) this.#last = undefined
      done()
    }
  }

  /** What was begun without being awaited must not be cut in half by the end of the frame. */
  async idle(): Promise<void> {
    while (this.#last) await this.#last
  }

  /** Whether the whole transaction has ended. */
  get over(): boolean {
    return this.parent ? this.parent.over : !this.open
  }

  isUnder(other: Frame): boolean {
    for (let at = this.parent; at; at = at.parent) if (at === other) return true
    return false
  }
}

export const ended = (): OffstageError =>
  new OffstageError('invalid_call', {
    detail: 'This was called after its transaction had ended: a call inside the transaction was not awaited.',
    hint: 'Write `await` before every call inside `transaction(...)` and inside hooks.',
  })

/** A transaction, or a savepoint in the one that is under way. */
export function begin<T>(
  core: Core,
  outer: Frame | undefined,
  run: (frame: Frame) => Promise<T>,
  choices: TransactionChoices = {},
): Promise<T> {
  const stray = outerWrite(core, outer)
  if (stray) return Promise.reject(stray)
  return outer ? savepoint(core, outer, run) : transaction(core, run, choices)
}

function transaction<T>(core: Core, run: (frame: Frame) => Promise<T>, { timeout, retry = true }: TransactionChoices): Promise<T> {
  // The store runs closures from its own queue; the app's own context (a trace, say) must be the caller's all the same.
  const here = new AsyncResource('offstage.transaction')
  let again = false
  const causes = new Set<Principal>()
  const whole = core.store.transaction(
    async (tx) => {
      if (again && !retry) throw new OffstageError('unavailable', { detail: 'The transaction met another one and may not be run twice.' })
      again = true
      const frame = new Frame({ tx, entries: [], writes: 0, causes }, undefined, [])
      const value = await here.runInAsyncScope(() => inside(core, frame, run))
      if (core.append && frame.root.entries.length > 0) await core.append(frame.root.entries, tx)
      return value
    },
    timeout === undefined ? undefined : { timeout },
  )
  // Also when it failed: whether a connection broke before or after the commit cannot be told.
  return whole.finally(() => {
    for (const who of causes) core.recent.wrote(who, core.now().getTime())
  })
}

function savepoint<T>(core: Core, outer: Frame, run: (frame: Frame) => Promise<T>): Promise<T> {
  const { root } = outer
  return outer.turn(async () => {
    const mark = root.entries.length
    try {
      return await root.tx.savepoint(() => inside(core, new Frame(root, outer, outer.chain), run))
    } catch (error) {
      root.entries.length = mark
      throw error
    }
  })
}

/** Runs code in a frame, and leaves nothing of it running. */
export async function inside<T>(core: Core, frame: Frame, run: (frame: Frame) => T | Promise<T>): Promise<T> {
  try {
    const value = await core.frames.run(frame, run, frame)
    await frame.idle()
    return value
  } finally {
    frame.open = false
    await frame.idle()
  }
}

/** A write on a `db` from outside the transaction that the code stands in: it would wait for that transaction for ever, or escape it. */
function outerWrite(core: Core, target: Frame | undefined): OffstageError | undefined {
  let at = core.frames.getStore()
  while (at && !at.open) at = at.parent
  if (!at || at === target || (target && !at.isUnder(target))) return undefined
  return new OffstageError('outer_write', {
    detail: 'A write inside a transaction or hook used a `db` from outside of it. Use the `db` that the closure or the hook is given.',
  })
}
