// What the refusals of a change mean. The names that they give are those of the blueprint; they stand in the message only.

import { OffstageError } from '../../base/errors.ts'
import { isError } from '../../base/realms.ts'
import type { Registry } from '../../schema/registry.ts'
import { blueprintOf, checkName } from '../blueprint.ts'
import type { Models, Table } from '../sql/model.ts'
import { fieldOf } from '../sql/writes.ts'
import { CheckViolation, ReferenceViolation, UniqueViolation } from '../store.ts'
import { numberOf } from './errors.ts'

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

  /** The error that `data/` knows; any other as it is. */
  of(error: unknown, models: Models, model: string): unknown {
    const table = models.table(model)
    const message = isError(error) ? error.message : ''
    switch (numberOf(error)) {
      // Duplicate entry 'x' for key 'posts.posts__title__unique': MariaDB leaves out the table, and the value may hold anything.
      case 1062:
      case 1586: {
        const key = /for key '([^']*)'$/.exec(message)?.[1] ?? ''
        return new UniqueViolation(model, this.#fields(table, key.slice(key.indexOf('.') + 1)) ?? [table.id.field.name])
      }
      // Check constraint 'x' is violated.
      case 3819:
      // CONSTRAINT `x` failed for `database`.`table`
      case 4025: {
        const name = /['`]([^'`]*)['`]/.exec(message)?.[1] ?? ''
        return new CheckViolation(model, this.#fields(table, name)?.[0] ?? fieldOf(table, name))
      }
      // Out of range value for column 'x' at row 1. Data too long for column 'x' at row 1.
      case 1264:
      case 1406:
        return new CheckViolation(model, fieldOf(table, /'([^']*)'/.exec(message)?.[1] ?? ''))
      // DOUBLE value is out of range in '(`database`.`table`.`x` + ?)'.
      case 1690:
        return new CheckViolation(model, fieldOf(table, [...message.matchAll(/`([^`]*)`/g)].at(-1)?.[1] ?? ''))
      case 1451:
      case 1452:
      case 1216:
      case 1217:
        return new ReferenceViolation(model)
      case 1048:
      case 1364:
        return new OffstageError('invalid_call', {
          detail: `${model}.${fieldOf(table, /'([^']*)'/.exec(message)?.[1] ?? '')} is required and was given no value.`,
          cause: error,
        })
      default:
        return error
    }
  }

  #fields(table: Table, name: string): string[] | undefined {
    return this.#names
      .get(table.model.table)
      ?.get(name)
      ?.map((column) => fieldOf(table, column))
  }
}
