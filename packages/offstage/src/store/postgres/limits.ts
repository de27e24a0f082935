// Limits stand in statements as digits. A plan that is kept for any parameter would be made for a tenth of all rows, whatever the
// limit is, and read whole tables for the first few.

import { parameters, type Statement } from '../sql/emit.ts'
import type { SqlValue } from '../sql/dialect.ts'
import { Recent } from '../recent.ts'

export interface Ready {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

interface Variant {
  readonly sql: string
  /** Which of the values are still parameters. */
  readonly kept: readonly number[]
}

interface Limited {
  /** The places of limits among the values. */
  readonly places: readonly number[]
  readonly variants: Recent<string, Variant>
}

const variantsPerStatement = 50
/** How the dialect writes a limit: nothing else in a statement looks like it. */
export const limitText = (parameter: string): string => `(${parameter})::bigint`
const limit = /\(\$(\d+)\)::bigint/g

const known = new WeakMap<Statement, Limited>()

export function ready(statement: Statement, given: readonly unknown[]): Ready {
  const values = parameters(statement, given)
  let limited = known.get(statement)
  if (!limited) {
    const places = [...statement.sql.matchAll(limit)].map(([, place]) => Number(place) - 1)
    known.set(statement, (limited = { places, variants: new Recent(variantsPerStatement) }))
  }
  const { places, variants } = limited
  if (places.length === 0) return { sql: statement.sql, values }
  const key = places.length === 1 ? String(values[places[0]!]) : places.map((place) => values[place]).join()
  let variant = variants.get(key)
  if (!variant) variants.set(key, (variant = vary(statement, places, values)))
  return { sql: variant.sql, values: variant.kept.map((place) => values[place]!) }
}

function vary({ sql }: Statement, places: readonly number[], values: readonly SqlValue[]): Variant {
  const kept: number[] = []
  const numbers = values.map((_, place) => (places.includes(place) ? undefined : kept.push(place)))
  const text = sql
    .replace(limit, (_, place: string) => String(Math.trunc(Number(values[Number(place) - 1]))))
    // Names and texts may have dollars of their own.
    .replace(/"[^"]*"|'[^']*'|\$(\d+)/g, (found, place?: string) => (place ? `$${numbers[Number(place) - 1]}` : found))
  return { sql: text, kept }
}
