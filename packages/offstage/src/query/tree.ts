// The one form that every question takes, whatever surface it came from. Plain data: two questions are the same when
// their trees are deeply equal. Names are declared names; values are in wire form.

import type { Json, MeasureName, Row, Scalar } from '../schema/kind.ts'

/** In a rule before it is bound: a value of the caller. `[]` is the caller's id, `['team']` a column. */
export interface MeValue {
  readonly me: readonly string[]
}
export type Operand = Scalar | MeValue

export type CompareOp = 'eq' | 'lt' | 'lte' | 'gt' | 'gte' | 'contains' | 'startsWith' | 'endsWith'

/**
 * Two-valued: a comparison with null is false and `not` is the exact complement, so rows(p) and rows(not p) partition.
 * Everything a caller may write comes down to these: `notIn` is not(in), `none` not(some), `every` not(some(not)).
 */
export type Filter =
  | { readonly is: 'true' }
  | { readonly is: 'false' }
  | { readonly is: 'and'; readonly of: readonly Filter[] }
  | { readonly is: 'or'; readonly of: readonly Filter[] }
  | { readonly is: 'not'; readonly of: Filter }
  | { readonly is: 'compare'; readonly field: string; readonly op: CompareOp; readonly value: Operand }
  | { readonly is: 'in'; readonly field: string; readonly values: readonly Operand[] }
  | { readonly is: 'null'; readonly field: string }
  /**
   * Through a reference or a list: there is a row on the other side that passes. `between` (added by authorise, only on lists
   * with a model between) must hold on the row between, else the link does not count.
   */
  | { readonly is: 'some'; readonly field: string; readonly where: Filter; readonly between?: Filter }
  /** Not tied to the row: some row of the model passes. Rules about the caller that need more than the caller's own columns. */
  | { readonly is: 'exists'; readonly model: string; readonly where: Filter }
  /** In a rule before it is bound: `me.is(filter)`, a filter on the user model. */
  | { readonly is: 'me'; readonly where: Filter }
  | {
      readonly is: 'json'
      readonly field: string
      readonly path: readonly string[]
      readonly op: 'equals' | 'exists' | 'contains'
      readonly value: Json
    }
  /** Every one of the words (`searchWords`; at least one) begins a word of some of the searchable fields named. */
  | { readonly is: 'search'; readonly fields: readonly string[]; readonly words: readonly string[] }

/** A column to sort, group or measure by, on this row or through references. */
export interface Term {
  /** References to follow; added by authorise: `mask` must hold on the row left, `guard` on the row reached, else the term is null. */
  readonly through: readonly { readonly field: string; readonly mask?: Filter; readonly guard?: Filter }[]
  readonly field: string
  /** Added by authorise: where it does not hold on the row that has the field, the term is null. */
  readonly mask?: Filter
  /** In a sort only: in place of the value of the field (the id), how well the row fits a search. */
  readonly rank?: Rank
}

/** A whole number: for every field and word the field's weight, twice where the whole word stands in it, once where it begins one. */
export interface Rank {
  readonly words: readonly string[]
  /** Added by authorise: where the mask does not hold, the field adds nothing. */
  readonly fields: readonly { readonly field: string; readonly weight: number; readonly mask?: Filter }[]
}

export interface Sort {
  readonly term: Term
  readonly desc: boolean
}

export interface Selected {
  readonly field: string
  /** Added by authorise: where it does not hold, the value is null. */
  readonly mask?: Filter
}

/**
 * Added by authorise: `mask` must hold on the row itself and `guard` on the row reached, else the reference is null;
 * `between` must hold on the row between (lists with a model between), else the element is not there.
 */
export type Include =
  | {
      readonly kind: 'one'
      readonly as: string
      readonly field: string
      readonly mask?: Filter
      readonly guard?: Filter
      readonly shape: Shape
    }
  | { readonly kind: 'many'; readonly as: string; readonly field: string; readonly between?: Filter; readonly query: Query }
  | { readonly kind: 'count' | 'exists'; readonly as: string; readonly field: string; readonly between?: Filter; readonly where: Filter }

/** What to show of a row. */
export interface Shape {
  readonly model: string
  /** In the order of the model's columns. As parsed, empty means every column that the reader may see; authorise writes them out. */
  readonly select: readonly Selected[]
  readonly include: readonly Include[]
  /** Extra booleans of the row, for the framework's own use: is this rule true of it? */
  readonly tests?: readonly { readonly as: string; readonly where: Filter }[]
}

export interface Query extends Shape {
  readonly where: Filter
  /** Nulls last in both directions. Always ends with the id, so the order is total. */
  readonly sort: readonly Sort[]
  /** Rows per answer, or per parent in an include; undefined in an include means all, up to the bound on included rows. */
  readonly limit: number | undefined
  /** Rows to pass over first; absent for none. Never beside a cursor, nor in an include. */
  readonly offset?: number
  /** As the caller sent it: opaque and signed. */
  readonly cursor?: string
  /** Added by authorise: the sort values of the last row seen. */
  readonly after?: readonly Json[]
  readonly count: boolean
}

export type BucketUnit = 'hour' | 'day' | 'week' | 'month' | 'year'

export interface Group {
  readonly as: string
  readonly term: Term
  readonly bucket?: { readonly unit: BucketUnit; readonly zone: string }
}

export interface Measure {
  readonly as: string
  readonly fn: MeasureName
  /** Absent for a plain row count. */
  readonly term?: Term
}

export interface Aggregate {
  readonly model: string
  readonly where: Filter
  readonly group: readonly Group[]
  readonly measures: readonly Measure[]
  /** Over the names that the answer has (`as`), never over columns. */
  readonly having: Filter
  readonly sort: readonly { readonly as: string; readonly desc: boolean }[]
  readonly limit: number | undefined
}

export interface Page {
  readonly rows: readonly Row[]
  /** Whether rows follow. */
  readonly more: boolean
  /** The sort values of the last row, for the next cursor. A store gives them only when rows follow. */
  readonly last: readonly Json[] | undefined
  readonly count?: number
}
