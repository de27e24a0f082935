// One migration: what it changes, what that may break, who agreed to it, and the tables it leads to.

import { createHash } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import type { Blueprint } from '../store/blueprint.ts'
import type { DialectName, Operation, Render, Step } from '../store/operations.ts'
import { applyOperations } from './apply-operations.ts'
import { canonical, sortedJson } from './canonical.ts'
import { invert } from './invert.ts'
import type { Suppression } from './lint.ts'
import { losses, risksOf, type Risk } from './risk.ts'

export const dialects: readonly DialectName[] = ['sqlite', 'postgres', 'mysql', 'mariadb']

/** Changes when older versions could not read the files any more. Every format ever released can be read. */
export const format = 1

export interface Parent {
  readonly id: string
  /** The hash of its snapshot, so that a parent that was changed afterwards is noticed. */
  readonly snapshot: string
}

export interface Consent {
  /** The operation whose loss is agreed to, as `says` says it. */
  readonly operation: string
  readonly reason: string
}

export interface Migration {
  /** `20260131120000_add_total`: also the name of its folder. */
  readonly id: string
  /** None: the first, or a baseline. Two or more: it joins branches. */
  readonly parents: readonly Parent[]
  /** The ids of those that a baseline stands for, in order. */
  readonly replaces: readonly string[]
  readonly operations: readonly Operation[]
  readonly risks: readonly Risk[]
  readonly consents: readonly Consent[]
  readonly suppressions: readonly Suppression[]
  /** Why there is no way back. None: there is one. */
  readonly irreversible: readonly string[]
  /** The tables afterwards, in canonical order. */
  readonly after: Blueprint
  readonly up: Readonly<Partial<Record<DialectName, readonly Step[]>>>
  readonly down: Readonly<Partial<Record<DialectName, readonly Step[]>>>
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What a parent, a journal and a drift check know a snapshot by. */
export const snapshotHash = (blueprint: Blueprint): string => sha256(sortedJson(canonical(blueprint)))

export const parentOf = ({ id, after }: Migration): Parent => ({ id, snapshot: snapshotHash(after) })

export type Renders = Readonly<Partial<Record<DialectName, Render>>>

export interface Draft {
  /** For people: `add total`. */
  readonly name: string
  readonly now: Date
  readonly parents: readonly Migration[]
  /** The tables that the operations start from. */
  readonly before: Blueprint
  readonly operations: readonly Operation[]
  readonly replaces?: readonly string[]
  /** Why values may be lost. */
  readonly allowDestructive?: string | undefined
  readonly suppressions?: readonly Suppression[]
}

/** Throws `data_loss` for operations that lose values when nobody says why they may. */
export function draftMigration(draft: Draft, renders: Renders): Migration {
  const { now, name, parents, before, operations, replaces = [], suppressions = [] } = draft
  const risks = risksOf(before, operations)
  const reason = draft.allowDestructive?.trim()
  const lost = losses(risks)
  if (lost.length > 0 && !reason)
    throw new OffstageError('data_loss', {
      detail: `The migration would lose data, and nothing was written.\n${lost.map(({ operation, why }) => `- ${operation}: ${why}`).join('\n')}`,
      hint: 'Write --allow-destructive "the reason", which is kept in the migration; or --keep, which puts aside what would be dropped.',
    })
  const later = [...replaces, ...parents.map(({ id }) => id)].toSorted().at(-1)
  return withSteps(
    {
      id: `${stamp(now, later)}_${slug(name)}`,
      parents: parents.map(parentOf),
      replaces,
      operations,
      risks,
      consents: lost.map(({ operation }) => ({ operation, reason: reason! })),
      suppressions,
      irreversible: invert(before, operations).irreversible,
      after: applyOperations(before, operations),
      up: {},
      down: {},
    },
    before,
    renders,
  )
}

/** The migration with the steps of these databases rendered anew from its operations. */
export function withSteps(migration: Migration, before: Blueprint, renders: Renders): Migration {
  const { operations, irreversible, after } = migration
  const back = irreversible.length > 0 ? undefined : invert(before, operations, true).operations
  const up: Partial<Record<DialectName, readonly Step[]>> = { ...migration.up }
  const down: Partial<Record<DialectName, readonly Step[]>> = { ...migration.down }
  for (const dialect of dialects) {
    const render = renders[dialect]
    if (!render) continue
    up[dialect] = render(canonical(before), operations)
    if (back) down[dialect] = render(after, back)
  }
  return { ...migration, up, down }
}

/** In UTC, to the second, and always after that of the parents: clocks differ, and the order of folders should tell the truth. */
function stamp(now: Date, later: string | undefined): string {
  const digits = (date: Date): string => date.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const own = digits(now)
  const last = later?.slice(0, 14)
  if (last === undefined || own > last) return own
  const iso = last.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z')
  return digits(new Date(Date.parse(iso) + 1000))
}

/** A name as it stands in an id. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60) || 'change'
