// What two versions of an app do not tell by themselves: which new name was which old one, and what may go.

import type { Json } from '../schema/kind.ts'

/** Tables and columns by their names in the database: `posts`, `posts.title`. */
export interface Hints {
  /** The new name of a table to its old one. */
  readonly tables?: Readonly<Record<string, string>>
  /** `newTable.newColumn` to the old name of the column. */
  readonly columns?: Readonly<Record<string, string>>
  /** `newTable.newColumn` to old choices and what they became. */
  readonly choices?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What is really gone, by old names: `posts`, `posts.title`, `posts.status.draft`. */
  readonly drops?: ReadonlySet<string>
  /** `newTable.newColumn` to what rows get that have no value, in wire form. */
  readonly fills?: Readonly<Record<string, Json>>
  /** `newTable.newColumn`: a step of the migration's `data.ts` of that name works the values out. */
  readonly data?: ReadonlySet<string>
  /** Old names of tables without rows: they are made anew where they differ, and nothing about them is asked. */
  readonly empty?: ReadonlySet<string>
}

export type ProblemId =
  /** A table, column or choice is gone and a like one is new: was it renamed? */
  | 'ambiguous_table'
  | 'ambiguous_column'
  | 'ambiguous_choice'
  /** Rows that are there would have no value. */
  | 'required'
  /** Values of the old type have no place in the new one. */
  | 'impossible'

/** A question that must be answered before the operations mean what the developer means. */
export interface Problem {
  readonly id: ProblemId
  /** By new names where it has one. */
  readonly table: string
  readonly column?: string
  /** Ends without a full stop. */
  readonly what: string
  /** What to write, ends without a full stop. */
  readonly write: string
}

export const noHints: Hints = {}
