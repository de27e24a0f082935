// What a run of migrations is given, and what it tells.

import type { Session, Step, Tables } from '../store/operations.ts'
import type { Entry } from './journal.ts'
import type { IsPublic } from './row-questions.ts'
import type { Runnable } from './runnable.ts'

export interface RunnerOptions {
  /** The place of the database: a copy of a file is made beside it. */
  readonly place: string
  /** Go no further than this one. */
  readonly to?: string | undefined
  readonly now?: () => Date
  /** On the way back: what was put into new tables and columns since may be lost. */
  readonly mayLose?: boolean
  /** How long to wait for another process that migrates. Default: as the database has it. */
  readonly wait?: number
  /** Whose values may stand in messages. Default: none. */
  readonly isPublic?: IsPublic
  readonly told?: (news: News) => void
}

export type News =
  | { readonly kind: 'begins'; readonly id: string; readonly direction: 'up' | 'down'; readonly from?: number }
  | { readonly kind: 'adopted'; readonly id: string }
  | { readonly kind: 'loses'; readonly id: string; readonly says: readonly string[]; readonly copy?: string | undefined }
  | {
      readonly kind: 'step'
      readonly id: string
      readonly at: number
      readonly of: number
      readonly step: Step
      readonly milliseconds?: number | undefined
    }
  | { readonly kind: 'rows'; readonly id: string; readonly rows: number }
  | { readonly kind: 'ended'; readonly id: string; readonly direction: 'up' | 'down' }

export interface Run {
  readonly session: Session
  readonly tables: Tables
  readonly migration: Runnable
  /** What the journal has of it, if it stopped on the way. */
  readonly unfinished: Entry | undefined
  readonly options: RunnerOptions
}
