// The ground of the emitter: values become tokens while the text is put together, and parameters when it is done. So a piece
// of text may stand anywhere, or twice, and no value is ever part of it.

import { OffstageError } from '../../base/errors.ts'
import type { SlotValue, Walk } from '../shape.ts'
import type { Dialect, SqlValue, Token } from './dialect.ts'
import type { Models } from './model.ts'

type Encode = (value: any) => SqlValue

/** A statement and how its parameters come from the values of a tree of its shape. */
export interface Statement {
  readonly sql: string
  readonly binds: readonly { readonly at: number; readonly encode: Encode }[]
}

export function parameters(statement: Statement, values: readonly SlotValue[]): SqlValue[] {
  const { binds } = statement
  const list: SqlValue[] = new Array(binds.length)
  for (let i = 0; i < binds.length; i++) list[i] = binds[i]!.encode(values[binds[i]!.at])
  return list
}

export class Emit {
  readonly models: Models
  readonly dialect: Dialect
  readonly #nodes: readonly object[]
  readonly #encoders: { at: number; encode: Encode }[] = []
  #next = 0
  #aliases = 0
  /** In how many lists, one in the other, what is emitted now stands: rows of lists in lists multiply. */
  lists = 0
  /** Whether what is emitted now is asked of every row of a table, which nothing else narrows. */
  asksAll = false

  constructor(models: Models, walk: Walk) {
    this.models = models
    this.dialect = models.dialect
    this.#nodes = walk.nodes!
  }

  alias(): string {
    return `t${++this.#aliases}`
  }

  /** The place of the next value, which must stand in this node: a tree visited in another order than it was walked would mix up values. */
  slot(node: object): number {
    if (this.#nodes[this.#next] !== node) throw new OffstageError('internal', { detail: 'The emitter left the order of the walk.' })
    return this.#next++
  }

  token(at: number, encode: Encode): string {
    return `«${this.#encoders.push({ at, encode }) - 1}»`
  }

  /** For words of a dialect that need the value of a node in several forms. */
  tokens(node: object): Token {
    const at = this.slot(node)
    return (encode) => this.token(at, encode)
  }

  value(node: object, encode: Encode): string {
    return this.token(this.slot(node), encode)
  }

  finish(sql: string): Statement {
    if (this.#next !== this.#nodes.length) throw new OffstageError('internal', { detail: 'The emitter left values out.' })
    const binds: { at: number; encode: Encode }[] = []
    const text = sql.replace(/«(\d+)»/g, (_, index: string) => {
      return this.dialect.placeholder(binds.push(this.#encoders[Number(index)]!))
    })
    return { sql: text, binds }
  }
}
