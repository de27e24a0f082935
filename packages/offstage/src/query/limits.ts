// How large a question may be. On by default; the system's are wider, never absent.

export interface Limits {
  /** Levels of includes, and references followed by one sort, group or measure. */
  readonly includeDepth: number
  /** Comparisons in all filters of one question. */
  readonly filterTerms: number
  /** Levels of one filter. */
  readonly filterNesting: number
  /** Values of one `in`. */
  readonly inItems: number
  readonly pageSize: number
  readonly maxPageSize: number
  /** Rows that `offset` may pass over: the database reads them all, for every page. */
  readonly maxOffset: number
  readonly sortKeys: number
  /** Includes of one question, on all levels, and references that its sorts, groups and measures follow: SQLite joins 64 tables. */
  readonly includes: number
  readonly groups: number
  readonly measures: number
  /** Characters of one `search`. */
  readonly searchLength: number
  /** Different words of one `search`. */
  readonly searchWords: number
}

export const callerLimits: Limits = {
  includeDepth: 3,
  filterTerms: 200,
  filterNesting: 16,
  inItems: 1_000,
  pageSize: 50,
  maxPageSize: 200,
  maxOffset: 10_000,
  sortKeys: 5,
  includes: 50,
  groups: 5,
  measures: 20,
  searchLength: 200,
  searchWords: 16,
}

/** What the app's own code asks as a caller. */
export const codeLimits: Limits = { ...callerLimits, maxOffset: 1_000_000 }

export const systemLimits: Limits = { ...codeLimits, includeDepth: 6, filterTerms: 2_000, inItems: 10_000, maxPageSize: 10_000 }

/** Rows of one include under one parent, and rows of one answer, before it is refused with `too_many_rows`. */
export const maxIncludedRows = 1_000
export const maxAnswerRows = 10_000
/** Groups of one aggregate. */
export const maxGroups = 10_000
