// Hints given on the command line. They name tables and columns as the database does; what names nothing is refused, never ignored.

import { OffstageError } from '../base/errors.ts'
import { strictJson } from '../base/strict-json.ts'
import { booleanKind } from '../schema/fields/boolean.ts'
import { dateKind } from '../schema/fields/date.ts'
import { datetimeKind } from '../schema/fields/datetime.ts'
import { decimalKind } from '../schema/fields/decimal.ts'
import { enumKind } from '../schema/fields/enum.ts'
import { integerKind } from '../schema/fields/integer.ts'
import { jsonKind } from '../schema/fields/json.ts'
import { numberKind } from '../schema/fields/number.ts'
import { textKind } from '../schema/fields/text.ts'
import type { Json, Kind } from '../schema/kind.ts'
import { digitsOf, isDecimal, isTextual, type DecimalType } from '../store/conversions.ts'
import type { Blueprint, ColumnDef, ColumnType, TableDef } from '../store/blueprint.ts'
import { named } from './canonical.ts'
import type { Hints } from './hints.ts'

export interface Flags {
  /** `posts=articles`, `posts.title=headline`, `posts.status.draft=unpublished`. */
  readonly rename?: readonly string[]
  /** `posts`, `posts.title`, `posts.status.draft`. */
  readonly drop?: readonly string[]
  /** `orders.total=0.00`. */
  readonly fill?: readonly string[]
  /** `orders.total`. */
  readonly data?: readonly string[]
}

/** The hints of the models and those of the flags, which win. Throws `invalid_migration` with everything that is wrong. */
export function withFlags(before: Blueprint, after: Blueprint, hints: Hints, flags: Flags): Hints {
  const reader = new Reader(before, after, hints)
  for (const text of flags.rename ?? []) if (isTable(text)) reader.rename(text)
  for (const text of flags.rename ?? []) if (!isTable(text)) reader.rename(text)
  for (const text of flags.drop ?? []) reader.drop(text)
  for (const text of flags.fill ?? []) reader.fill(text)
  for (const text of flags.data ?? []) reader.column('data', text, (path) => reader.data.add(path))
  if (reader.wrong.length > 0)
    throw new OffstageError('invalid_migration', {
      detail: `Flags that fit nothing:\n${reader.wrong.map((line) => `- ${line}`).join('\n')}`,
    })
  return {
    ...hints,
    tables: reader.tables,
    columns: reader.columns,
    choices: reader.choices,
    drops: reader.drops,
    fills: reader.fills,
    data: reader.data,
  }
}

const isTable = (text: string): boolean => !split(text)[0].includes('.')

function split(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

class Reader {
  readonly wrong: string[] = []
  readonly tables: Record<string, string>
  readonly columns: Record<string, string>
  readonly choices: Record<string, Readonly<Record<string, string>>>
  readonly drops: Set<string>
  readonly fills: Record<string, Json>
  readonly data: Set<string>
  readonly #before: Blueprint
  readonly #after: Blueprint

  constructor(before: Blueprint, after: Blueprint, hints: Hints) {
    this.#before = before
    this.#after = after
    this.tables = { ...hints.tables }
    this.columns = { ...hints.columns }
    this.choices = { ...hints.choices }
    this.drops = new Set(hints.drops)
    this.fills = { ...hints.fills }
    this.data = new Set(hints.data)
  }

  rename(text: string): void {
    const [from, to] = split(text)
    const [table, column, ...choice] = from.split('.')
    const wrong = (why: string): void => this.#refuse('rename', text, why)
    if (column === undefined) {
      if (!named(this.#before.tables, table!)) return wrong(`there was no table ${table}`)
      if (!named(this.#after.tables, to)) return wrong(`there is no table '${to}' now`)
      if (named(this.#after.tables, table!) || named(this.#before.tables, to))
        return wrong(`${table} is still there, or ${to} was there already`)
      this.tables[to] = table!
      return
    }
    const { old, now } = this.#tables(table!)
    if (!old || !now) return wrong(`there was no table ${table} that is still there`)
    if (choice.length > 0) return this.#renameChoice(text, old, now, column, choice.join('.'), to)
    if (!named(old.columns, column)) return wrong(`${old.name} had no column ${column}`)
    if (!named(now.columns, to)) return wrong(`${now.name} has no column '${to}' now`)
    if (named(now.columns, column) || named(old.columns, to)) return wrong(`${column} is still there, or ${to} was there already`)
    this.columns[`${now.name}.${to}`] = column
  }

  #renameChoice(text: string, old: TableDef, now: TableDef, column: string, from: string, to: string): void {
    const before = named(old.columns, column) ?? named(old.columns, this.columns[`${now.name}.${column}`] ?? '')
    const after = named(now.columns, column) ?? now.columns.find(({ name }) => this.columns[`${now.name}.${name}`] === column)
    if (!before?.choices?.includes(from)) return this.#refuse('rename', text, `${old.name}.${column} had no choice '${from}'`)
    if (!after?.choices?.includes(to)) return this.#refuse('rename', text, `${now.name}.${column} has no choice '${to}' now`)
    if (after.choices.includes(from)) return this.#refuse('rename', text, `'${from}' is still a choice`)
    const path = `${now.name}.${after.name}`
    this.choices[path] = { ...this.choices[path], [from]: to }
  }

  drop(text: string): void {
    const [table, column, ...choice] = text.split('.')
    const { old } = this.#tables(table!)
    const found = old && (column === undefined ? old : named(old.columns, column))
    if (!found || (choice.length > 0 && !(found as ColumnDef).choices?.includes(choice.join('.'))))
      return this.#refuse('drop', text, 'there was no such thing')
    this.drops.add(column === undefined ? old.name : [old.name, column, ...choice].join('.'))
  }

  fill(text: string): void {
    const [path, value] = split(text)
    if (!text.includes('=')) return this.#refuse('fill', text, 'write table.column=value')
    const into = (path: string, column: ColumnDef): void => {
      const read = readFill(column, value)
      if (read === undefined) this.#refuse('fill', text, `'${value}' is no value of ${path}, which is ${column.type}`)
      else this.fills[path] = read
    }
    this.column('fill', path, into, text)
  }

  column(flag: string, path: string, use: (path: string, column: ColumnDef) => void, text: string = path): void {
    const [table, column] = path.split('.')
    const { now } = this.#tables(table!)
    const found = now && named(now.columns, column ?? '')
    if (!found || found.shadow) this.#refuse(flag, text, 'there is no such column now')
    else use(`${now.name}.${column}`, found)
  }

  /** A table by its old or new name. */
  #tables(name: string): { readonly old: TableDef | undefined; readonly now: TableDef | undefined } {
    const to = named(this.#after.tables, name) ? name : Object.keys(this.tables).find((one) => this.tables[one] === name)
    const from = named(this.#before.tables, name) ? name : this.tables[name]
    return { old: named(this.#before.tables, from ?? ''), now: named(this.#after.tables, to ?? '') }
  }

  #refuse(flag: string, text: string, why: string): void {
    this.wrong.push(`--${flag} ${text}: ${why}.`)
  }
}

/** The text of a flag as a value in wire form; undefined when the column cannot hold it. */
function readFill({ type, choices, min, max }: ColumnDef, text: string): Json | undefined {
  const kind = choices ? enumKind : kinds[isDecimal(type) ? 'decimal' : type]
  const longest = type === 'text(255)' ? 255 : type === 'text(768)' ? 768 : undefined
  const options = { ...(isDecimal(type) && digitsOf(type)), min, max: max ?? longest, choices }
  try {
    const value = kind === jsonKind ? strictJson(text) : isTextual(type) ? text : kind.readText(text, options)
    return kind.read(value, options) ?? undefined
  } catch {
    return undefined
  }
}

const kinds: Readonly<Record<Exclude<ColumnType, DecimalType> | 'decimal', Kind>> = {
  uuid: textKind,
  key: textKind,
  serial: integerKind,
  'text(255)': textKind,
  'text(768)': textKind,
  text: textKind,
  integer: integerKind,
  real: numberKind,
  decimal: decimalKind,
  boolean: booleanKind,
  datetime: datetimeKind,
  date: dateKind,
  json: jsonKind,
}
