// What users do between two versions of an app: rows come, change and go, in the world and in the database alike.

import type { Json } from '../../../src/schema/kind.ts'
import { isAside } from '../../../src/migrate/kept.ts'
import type { Blueprint, TableDef } from '../../../src/store/blueprint.ts'
import type { Session } from '../../../src/store/operations.ts'
import type { Dice } from '../../random/dice.ts'
import { deleteRow, insertRow, updateRow, type Patient } from './database.ts'
import { nextNumber } from './edit-help.ts'
import { columnOf, tableOf, type ModelSpec } from './models.ts'
import { randomValue } from './values.ts'
import { complaint, type Row, type World } from './world.ts'

/** How many rows were changed. */
export function changeRows(dice: Dice, { tables }: Patient, blueprint: Blueprint, world: World, most: number): Promise<number> {
  return tables.locked((session) =>
    session.transaction(async () => {
      let changes = 0
      for (const model of world.models) {
        const table = blueprint.tables.find(({ name }) => name === tableOf(model))!
        const one = new Changes(dice, session, blueprint, world, model, table)
        const there = Object.keys(world.rows[table.name]!).length
        for (let n = dice.int(0, Math.max(3, most / 4)); n > 0; n--) if (there + n <= most) changes += await one.insert()
        for (let n = dice.int(0, 2); n > 0; n--) changes += await one.update()
        if (dice.chance(0.4)) changes += await one.remove()
      }
      return changes
    }),
  )
}

class Changes {
  readonly #dice: Dice
  readonly #session: Session
  readonly #blueprint: Blueprint
  readonly #world: World
  readonly #model: ModelSpec
  readonly #table: TableDef
  /** What is asked of the rows before the database is. */
  readonly #judged: Blueprint

  constructor(dice: Dice, session: Session, blueprint: Blueprint, world: World, model: ModelSpec, table: TableDef) {
    this.#dice = dice
    this.#session = session
    this.#blueprint = blueprint
    this.#world = world
    this.#model = model
    this.#table = table
    this.#judged = {
      tables: blueprint.tables.filter(
        ({ name, columns }) => name === table.name || columns.some(({ references }) => references?.table === table.name),
      ),
    }
  }

  get #rows(): Record<string, Row> {
    return this.#world.rows[this.#table.name]!
  }

  #fits(): boolean {
    return complaint(this.#judged, this.#world.rows) === undefined
  }

  #value(name: string): Json {
    const dice = this.#dice
    const column = this.#table.columns.find((one) => one.name === name)!
    const field = this.#model.fields.find((one) => columnOf(one) === name)
    if (isAside(column)) return null
    if (!field) return name === 'version' ? 1 : new Date(1_750_000_000_000 + nextNumber() * 1_001).toISOString()
    if (column.nullable && dice.chance(0.3)) return null
    if (!column.references) return randomValue(dice, field.kind, column, nextNumber())
    const keys = Object.keys(this.#world.rows[column.references.table]!)
    return keys.length === 0 ? null : dice.pick(keys)
  }

  #key(): string {
    const n = nextNumber()
    if (this.#model.key === 'serial') return String(n)
    if (this.#model.key === 'key') return this.#dice.pick([`k ${n}`, `Schlüssel/${n}'`, `${n}`])
    return `01a1fe0c-0c31-733a-a44c-${String(n).padStart(12, '0')}`
  }

  async insert(): Promise<number> {
    const key = this.#key()
    const row: Row = {}
    for (const { name, shadow } of this.#table.columns) if (!shadow) row[name] = name === 'id' ? key : this.#value(name)
    this.#rows[key] = row
    if (!this.#fits()) {
      delete this.#rows[key]
      return 0
    }
    await insertRow(this.#session, this.#blueprint, this.#table, row)
    return 1
  }

  async update(): Promise<number> {
    const keys = Object.keys(this.#rows)
    const names = this.#table.columns.filter(({ name, shadow }) => !shadow && name !== 'id').map(({ name }) => name)
    if (keys.length === 0 || names.length === 0) return 0
    const key = this.#dice.pick(keys)
    const old = this.#rows[key]!
    const name = this.#dice.pick(names)
    this.#rows[key] = { ...old, [name]: this.#value(name) }
    if (!this.#fits()) {
      this.#rows[key] = old
      return 0
    }
    await updateRow(this.#session, this.#blueprint, this.#table, this.#rows[key]!)
    return 1
  }

  async remove(): Promise<number> {
    const keys = Object.keys(this.#rows)
    if (keys.length === 0) return 0
    const key = this.#dice.pick(keys)
    const old = this.#rows[key]!
    // MySQL refuses to delete a row that refers to itself; the store knows a way around that, and stands not between us here.
    if (this.#table.columns.some(({ name, references }) => references?.table === this.#table.name && old[name] === key)) return 0
    delete this.#rows[key]
    if (!this.#fits()) {
      this.#rows[key] = old
      return 0
    }
    await deleteRow(this.#session, this.#table, key)
    return 1
  }
}
