// What the rules say, line by line.

import type { Filter } from '../query/tree.ts'
import { waysOf, type Way } from '../query/ways.ts'
import { describeFilters } from '../query/describe-filter.ts'
import type { ModelDef, Registry } from '../schema/registry.ts'

/** One way in which something may be done. `who` is `nobody` where there is none. */
export interface Line {
  readonly what: string
  readonly who: string
  readonly rows: string
}
export interface Section {
  readonly title: string
  /** A sentence for people. */
  readonly note: string | undefined
  /** Where the rules stand. */
  readonly place: string | undefined
  readonly headings: readonly [what: string, who: string, rows: string]
  readonly lines: readonly Line[]
}

export const byName = <T extends { readonly name: string }>(a: T, b: T): number => (a.name < b.name ? -1 : 1)

/** `all` is what is said where every row passes. */
export function linesOf(registry: Registry, model: ModelDef | undefined, what: string, rule: Filter, all: string): readonly Line[] {
  const lines = waysOf(registry, model, rule).map((way): Line => ({
    what,
    who: whoOf(registry, way),
    rows: way.row.length === 0 ? all : describeFilters(registry, model, way.row),
  }))
  return lines.length === 0 ? [{ what, who: 'nobody', rows: '' }] : lines.toSorted((a, b) => rank(a) - rank(b) || compare(a, b))
}

const words = ['everyone', 'strangers', 'signed in']
const rank = ({ who }: Line): number => (words.includes(who) ? words.indexOf(who) : words.length)
const compare = (a: Line, b: Line): number => (`${a.who}\n${a.rows}` < `${b.who}\n${b.rows}` ? -1 : 1)

function whoOf(registry: Registry, { who, caller }: Way): string {
  if (who !== 'users') return who
  return caller.length === 0 ? 'signed in' : `users where ${describeFilters(registry, registry.user, caller)}`
}
