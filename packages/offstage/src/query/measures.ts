// What the columns of an aggregate's answer are: how they compare and how a value to compare with is read.

import type { Json, Storage } from '../schema/kind.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import type { Aggregate, Group, Measure, Term } from './tree.ts'
import { textOf, unitsOf } from './values.ts'

export interface OutputColumn {
  readonly as: string
  readonly storage: Storage
  /** Digits after the point, of decimals. */
  readonly scale: number
  /** The field whose values it holds as they are: groups without a bucket, `min` and `max`. */
  readonly field: FieldDef | undefined
}

/** The field that a term ends at. */
export function termField(registry: Registry, model: ModelDef, term: Term): FieldDef {
  let at = model
  for (const { field } of term.through) at = registry.models.get(at.fields.get(field)!.target!)!
  return at.fields.get(term.field)!
}

export function outputColumns(
  registry: Registry,
  aggregate: Pick<Aggregate, 'model' | 'group' | 'measures'>,
): ReadonlyMap<string, OutputColumn> {
  const model = registry.models.get(aggregate.model)!
  return new Map([
    ...aggregate.group.map((group) => [group.as, groupColumn(registry, model, group)] as const),
    ...aggregate.measures.map((measure) => [measure.as, measureColumn(registry, model, measure)] as const),
  ])
}

function groupColumn(registry: Registry, model: ModelDef, group: Group): OutputColumn {
  const field = termField(registry, model, group.term)
  return group.bucket
    ? { as: group.as, storage: 'text', scale: 0, field: undefined }
    : { as: group.as, storage: field.kind.storage, scale: scaleOf(field), field }
}

function measureColumn(registry: Registry, model: ModelDef, { as, fn, term }: Measure): OutputColumn {
  if (!term || fn === 'count' || fn === 'countDistinct') return { as, storage: 'integer', scale: 0, field: undefined }
  const field = termField(registry, model, term)
  if (fn === 'avg') return { as, storage: 'real', scale: 0, field: undefined }
  return { as, storage: field.kind.storage, scale: scaleOf(field), field: fn === 'sum' ? undefined : field }
}

export function scaleOf(field: FieldDef): number {
  return field.kind.storage === 'decimal' ? Number(field.options['scale']) : 0
}

/** A value to compare an answer's column with, in wire form; undefined when it does not fit. Sums may pass 2^53, so digits are taken too. */
export function readOutput(column: OutputColumn, value: unknown): Json | undefined {
  if (column.field) return column.field.kind.readOperand(value, column.field.options)
  if (column.storage === 'text') return typeof value === 'string' && value.length <= 40 ? value : undefined
  if (column.storage === 'real') return typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined
  const text = typeof value === 'number' ? (Number.isSafeInteger(value) || column.scale > 0 ? String(value) : '') : value
  if (typeof text !== 'string' || !/^-?\d{1,40}(\.\d{1,18})?$/.test(text)) return undefined
  const { units, scale } = unitsOf(text)
  if (scale > column.scale) return undefined
  const scaled = units * 10n ** BigInt(column.scale - scale)
  return column.storage === 'decimal' ? textOf(scaled, column.scale) : wholeNumber(scaled)
}

/** Sums of whole numbers are exact: a number within 2^53, digits beyond. */
export function wholeNumber(units: bigint): number | string {
  return units >= BigInt(Number.MIN_SAFE_INTEGER) && units <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(units) : units.toString()
}

/** The double nearest to `units / (10^scale * count)`: the mean of exact values, without a rounding on the way. */
export function mean(units: bigint, scale: number, count: number): number {
  const divisor = 10n ** BigInt(scale) * BigInt(count)
  const size = units < 0n ? -units : units
  if (size === 0n) return 0
  // At least 64 bits of quotient; whatever is cut off below leaves its mark in the last bit, so Number() rounds the true value.
  const shift = BigInt(Math.max(0, 64 + divisor.toString(2).length - size.toString(2).length))
  const dividend = size << shift
  const quotient = dividend / divisor
  const sticky = dividend % divisor === 0n ? quotient : quotient | 1n
  const result = Number(sticky) / 2 ** Number(shift)
  return units < 0n ? -result : result
}
