// What PostgreSQL's refusals of a change mean: it gives the names of constraints, and those come from the blueprint.

import { OffstageError } from '../../base/errors.ts'
import type { Registry } from '../../schema/registry.ts'
import { blueprintOf, checkName } from '../blueprint.ts'
import type { Models, Table } from '../sql/model.ts'
import { fieldOf } from '../sql/writes.ts'
import { CheckViolation, ReferenceViolation, UniqueViolation } from '../store.ts'
import { stateOf } from './errors.ts'

/** Of a table: the physical columns that an index or a check is about, by its name. */
type Names = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

export class Refusals {
  readonly #names: Names

  constructor(registry: Registry) {
    const { tables } = blueprintOf(registry)
    this.#names = new Map(
      tables.map(({ name, columns, indexes }) => {
        const checks = columns.map((column) => [checkName(name, column) ?? '', [column.name]] as const)
        return [name, new Map([...checks, ...indexes.map((index) => [index.name, index.columns] as const)])]
      }),
    )
  }

  /** The error that `data/` knows; any other as it is. `grown`: the field that was added to, if one was. */
  of(error: unknown, models: Models, model: string, grown: string | undefined): unknown {
    const table = models.table(model)
    const { constraint = '', column = '' } = error as { constraint?: string; column?: string }
    switch (stateOf(error)) {
      case '23505':
        return new UniqueViolation(model, this.#fields(table, constraint) ?? [table.id.field.name])
      case '23514':
        return new CheckViolation(model, this.#fields(table, constraint)?.[0] ?? constraint)
      case '23503':
        return new ReferenceViolation(model)
      case '23502':
        return new OffstageError('invalid_call', {
          detail: `${model}.${fieldOf(table, column)} is required and was given no value.`,
          cause: error,
        })
      // What an index cannot take: it names the index only in its message, in whatever language.
      case '54000': {
        const named = [...(error as Error).message.matchAll(/["»«„“”']([^"»«„“”']+)["»«„“”']/g)].map(([, name]) =>
          this.#fields(table, name!),
        )
        return new CheckViolation(model, named.find((fields) => fields !== undefined)?.[0] ?? model)
      }
      // A sum that the type of the column cannot hold comes before its checks.
      case '22003':
        return grown === undefined ? error : new CheckViolation(model, grown)
      default:
        return error
    }
  }

  #fields(table: Table, constraint: string): string[] | undefined {
    return this.#names
      .get(table.model.table)
      ?.get(constraint)
      ?.map((column) => fieldOf(table, column))
  }
}
