// The rows of lists, written with the row they belong to. Each is a write on its own model, under that model's own rules.

import { isError } from '../base/realms.ts'
import { and, equal } from '../query/build.ts'
import { closed, readableFor, ruleFor } from '../query/policies.ts'
import type { Filter } from '../query/tree.ts'
import type { Action, FieldDef, ModelDef } from '../schema/registry.ts'
import type { Row } from '../schema/kind.ts'
import { byId, idName, txOf, type Work } from './core.ts'
import { formError } from './mistakes.ts'
import { invalidValues, noSuchRow, under, unknownFields, unknownName, withoutStep } from './refusals.ts'
import { lockRow } from './rows.ts'
import { readGiven, writerIn, type Given, type Wanted, type WantedList } from './values.ts'

export async function writeLists(work: Work, model: ModelDef, row: Row, lists: readonly WantedList[]): Promise<void> {
  const { models } = work.core.registry
  for (const list of lists) {
    const target = models.get(list.field.target!)!
    const tie =
      list.field.through === undefined
        ? direct(work, list.field, target)
        : between(work, list.field, models.get(list.field.through)!, target)
    const id = row[idName(model)] as string
    // Untied first: what is unique in the list may be handed on within one write.
    for (const [i, other] of list.disconnect.entries()) await at(`${list.field.name}.disconnect.${i}`, () => tie.disconnect(id, other))
    for (const [i, other] of list.connect.entries()) await at(`${list.field.name}.connect.${i}`, () => tie.connect(id, other))
    for (const [i, values] of list.create.entries()) await at(`${list.field.name}.create.${i}`, () => tie.create(id, values))
  }
}

async function at<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw under(path, error)
  }
}

interface Tie {
  create(id: string, values: unknown): Promise<unknown>
  connect(id: string, other: string): Promise<unknown>
  disconnect(id: string, other: string): Promise<unknown>
}

const missing = (): never => {
  throw invalidValues([noSuchRow('')])
}

/** Refuses like a write of its own would, before anything is looked up. */
function refuseClosed({ core, principal }: Work, model: ModelDef, action: Action): void {
  if (ruleFor(core.policies, principal, model.name, action).is === 'false') throw closed(model, action, principal)
}

/** What the caller cannot see the caller cannot undo either, or the attempt would tell whether it is there. */
const seen = ({ core, principal }: Work, field: FieldDef): Filter => readableFor(core.policies, principal, field)

function give(work: Work, model: ModelDef, op: 'create' | 'update', values: object): readonly Wanted[] {
  return readGiven(writerIn(work), model, values, op).columns
}

/** The rows refer back themselves. */
function direct(work: Work, field: FieldDef, target: ModelDef): Tie {
  const via = target.fields.get(field.via!)!
  const { writes } = work.core
  const move = async (where: Filter, to: string | null): Promise<void> => {
    refuseClosed(work, target, 'update')
    const given: Given = { columns: give(work, target, 'update', { [via.name]: to }), lists: [] }
    const found = await lockRow(work, target, where, 'update', given).catch((error: unknown) =>
      isNotFound(error) ? missing() : Promise.reject(error),
    )
    await writes.update(work, target, found, given, [via.name])
  }
  return {
    create(id, values) {
      refuseClosed(work, target, 'create')
      const given = readGiven(writerIn(work), target, values, 'create')
      if (given.columns.some((column) => column.field === via))
        throw formError(work.author, work.core.registry, unknownFields(target, [unknownName(via.name)]))
      return writes.create(
        work,
        target,
        { columns: [...given.columns, ...give(work, target, 'create', { [via.name]: id })], lists: given.lists },
        { proven: [via.name] },
      )
    },
    connect: (id, other) => move(byId(target, other), id),
    disconnect: (id, other) => move(and([byId(target, other), seen(work, via), equal(via.name, id)]), null),
  }
}

/** A model between has a row for each tie. */
function between(work: Work, field: FieldDef, link: ModelDef, target: ModelDef): Tie {
  const via = field.via!
  const to = field.to!
  const { writes } = work.core
  const tie = (id: string, other: string): Filter => and([equal(via, id), equal(to, other)])
  const connect = async (id: string, other: string, proven: readonly string[]): Promise<void> => {
    refuseClosed(work, link, 'create')
    await writes.create(work, link, { columns: give(work, link, 'create', { [via]: id, [to]: other }), lists: [] }, { proven })
  }
  return {
    async create(id, values) {
      refuseClosed(work, target, 'create')
      const given = readGiven(writerIn(work), target, values, 'create')
      const { row } = await writes.create(work, target, given)
      await connect(id, row[idName(target)] as string, [via, to])
    },
    async connect(id, other) {
      const there = and([tie(id, other), ruleFor(work.core.policies, work.principal, link.name, 'read')])
      if ((await txOf(work).count(link.name, there)) > 0) return
      // The caller has named the row itself; that a row between holds it is ours to know.
      await connect(id, other, [via]).catch((error: unknown) => Promise.reject(withoutStep(to, error)))
    },
    async disconnect(id, other) {
      refuseClosed(work, link, 'delete')
      const shown = [via, to].map((name) => seen(work, link.fields.get(name)!))
      const found = await lockRow(work, link, and([tie(id, other), ...shown]), 'delete').catch((error: unknown) =>
        isNotFound(error) ? missing() : Promise.reject(error),
      )
      await writes.remove(work, link, found.row)
    },
  }
}

const isNotFound = (error: unknown): boolean => isError(error) && 'code' in error && error.code === 'not_found'
