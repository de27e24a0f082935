// Operations as statements of MySQL and MariaDB. Each commits by itself, and a crash can hide whether it was done: so each changes one
// thing, and says when run again that it was done ("repeatable"). No algorithm is demanded: the database takes the cheapest that serves
// (instant, in place, with writers at work), where demanding one would fail. Only CHECKs, references and new types copy the table.

import { OffstageError } from '../../base/errors.ts'
import type { Json } from '../../schema/kind.ts'
import { applyOperation, tableIn } from '../apply.ts'
import { referenceName, type Blueprint, type ColumnDef, type IndexDef } from '../blueprint.ts'
import { conversion } from '../conversions.ts'
import type { Operation, Render, Step } from '../operations.ts'
import { followed, isSame, passingCheck, referencesOf, supportsOf, type Reference } from '../references.ts'
import { said } from '../said.ts'
import { checksOf, checkText, columnText, constant, defaultText, indexText, quote, tableText, typeName } from './column-text.ts'
import type { Check, Flavour } from './column-text.ts'
import { fits, updateAfter, updateBefore } from './convert.ts'

export const renderMysql =
  (flavour: Flavour): Render =>
  (before, operations) => {
    const planner = new Planner(flavour, before)
    for (const operation of operations) planner.take(operation)
    planner.finish()
    return planner.steps
  }

type Operand<Name extends Operation['op']> = Extract<Operation, { readonly op: Name }>

interface Support {
  readonly table: string
  readonly index: IndexDef
}

const supportsIn = ({ tables }: Blueprint): Support[] =>
  tables.flatMap((table) => supportsOf(table).map((index) => ({ table: table.name, index })))
const isThat = (a: Support) => (b: Support) => a.table === b.table && a.index.name === b.index.name

function followedSupport({ table, index }: Support, operation: Operand<'renameTable' | 'renameColumn'>): Support {
  const { from, to } = operation
  const isOurs = operation.op === 'renameTable' ? table === from : table === operation.table
  if (!isOurs) return { table, index }
  const column = operation.op === 'renameColumn' && index.columns[0] === from ? to : index.columns[0]!
  const name = operation.op === 'renameTable' ? to : table
  return { table: name, index: { ...index, name: referenceName(name, column), columns: [column] } }
}

class Planner {
  readonly steps: Step[] = []
  readonly #flavour: Flavour
  #now: Blueprint
  /** The references that the database has at this point, and the indexes that are there for them alone. */
  #present: readonly Reference[]
  #supports: readonly Support[]
  #says = ''

  constructor(flavour: Flavour, before: Blueprint) {
    this.#flavour = flavour
    this.#now = before
    this.#present = referencesOf(before)
    this.#supports = supportsIn(before)
  }

  take(operation: Operation): void {
    this.#says = said(operation)
    this.#render(operation)
    this.#now = applyOperation(this.#now, operation)
  }

  finish(): void {
    const wanted = referencesOf(this.#now)
    this.#release((one) => !wanted.some((other) => isSame(one, other)))
    this.#support(this.#now)
    for (const one of wanted) {
      if (this.#present.some((other) => isSame(one, other))) continue
      this.#says = `let ${one.table}.${one.column} refer to ${one.target}`
      const key = `foreign key (${quote(one.column)}) references ${quote(one.target)} (${quote(one.to)})`
      this.#alterTable(one.table, `add constraint ${quote(one.name)} ${key}`)
    }
    const needed = supportsIn(this.#now)
    for (const one of this.#supports) if (!needed.some(isThat(one))) this.#alterTable(one.table, `drop index ${quote(one.index.name)}`)
  }

  #render(operation: Operation): void {
    switch (operation.op) {
      case 'createTable': {
        const { table } = operation
        this.#supports = [...this.#supports, ...supportsIn({ tables: [table] })]
        return this.#sql(tableText(this.#flavour, table))
      }
      case 'dropTable': {
        const { name } = operation.table
        this.#release((one) => one.target === name && one.table !== name)
        this.#present = this.#present.filter((one) => one.table !== name)
        this.#supports = this.#supports.filter((one) => one.table !== name)
        return this.#sql(`drop table ${quote(name)}`)
      }
      case 'renameTable':
        return this.#renameTable(operation)
      case 'addColumn':
        return this.#addColumn(operation)
      case 'dropColumn':
        return this.#dropColumn(operation)
      case 'renameColumn':
        return this.#renameColumn(operation)
      case 'alterColumn':
        return this.#alterColumn(operation)
      case 'addIndex':
        return this.#addIndex(operation.table, operation.index)
      case 'dropIndex':
        // A reference refuses to lose the index it uses.
        this.#support(applyOperation(this.#now, operation))
        return this.#alterTable(operation.table, `drop index ${quote(operation.index.name)}`)
      case 'renameIndex':
        return this.#alterTable(operation.table, `rename index ${quote(operation.from)} to ${quote(operation.to)}`)
      case 'sql':
        for (const sql of operation.up[this.#flavour] ?? []) this.steps.push({ kind: 'sql', says: this.#says, sql })
        return
      case 'renameChoice':
      case 'fillShadow':
      case 'data':
        this.steps.push({ kind: 'run', says: this.#says, run: operation })
    }
  }

  #sql(sql: string): void {
    this.steps.push({ kind: 'sql', says: this.#says, sql, repeatable: true })
  }

  #alterTable(table: string, change: string): void {
    this.#sql(`alter table ${quote(table)} ${change}`)
  }

  #update(table: string, column: string, value: string, where: (column: string) => string): void {
    this.#sql(`update ${quote(table)} set ${quote(column)} = ${value} where ${where(quote(column))}`)
  }

  #dropChecks(table: string, checks: readonly Check[]): void {
    for (const check of checks) this.#alterTable(table, this.#dropping(check))
  }

  #dropping({ name }: Check): string {
    return `drop ${this.#flavour === 'mysql' ? 'check' : 'constraint'} ${quote(name)}`
  }

  #addChecks(table: string, checks: readonly Check[]): void {
    for (const check of checks) this.#alterTable(table, `add ${checkText(check)}`)
  }

  #release(test: (reference: Reference) => boolean): void {
    for (const one of this.#present) if (test(one)) this.#alterTable(one.table, `drop foreign key ${quote(one.name)}`)
    this.#present = this.#present.filter((one) => !test(one))
  }

  /** Makes the indexes that references will want in these tables. */
  #support(tables: Blueprint): void {
    const missing = supportsIn(tables).filter((one) => !this.#supports.some(isThat(one)))
    for (const { table, index } of missing) this.#addIndex(table, index)
    this.#supports = [...this.#supports, ...missing]
  }

  #addIndex(table: string, index: IndexDef): void {
    this.#alterTable(table, `add ${indexText(tableIn(this.#now, table), index)}`)
  }

  #renameTable(operation: Operand<'renameTable'>): void {
    const { from, to } = operation
    this.#release((one) => one.table === from)
    this.#sql(`rename table ${quote(from)} to ${quote(to)}`)
    // For every limit that is added the table is copied: once, if they are added together.
    const limits = (table: string): readonly Check[] => tableIn(this.#now, from).columns.flatMap((column) => checksOf(table, column))
    const changes = [...limits(from).map((one) => this.#dropping(one)), ...limits(to).map((one) => `add ${checkText(one)}`)]
    if (changes.length > 0) this.#alterTable(to, changes.join(', '))
    this.#follow(operation)
  }

  #renameColumn(operation: Operand<'renameColumn'>): void {
    const { table, from, to } = operation
    const column = this.#column(table, from)
    this.#release((one) => one.table === table && one.column === from)
    this.#dropChecks(table, checksOf(table, column))
    this.#alterTable(table, `rename column ${quote(from)} to ${quote(to)}`)
    this.#addChecks(table, checksOf(table, { ...column, name: to }))
    this.#follow(operation)
  }

  /** Indexes of references are named as these are; the references themselves cannot be renamed, only made anew. */
  #follow(operation: Operand<'renameTable' | 'renameColumn'>): void {
    this.#present = this.#present.map((one) => followed(one, operation))
    this.#supports = this.#supports.map((one) => {
      const next = followedSupport(one, operation)
      if (next.index.name !== one.index.name)
        this.#alterTable(next.table, `rename index ${quote(one.index.name)} to ${quote(next.index.name)}`)
      return next
    })
  }

  #column(table: string, name: string): ColumnDef {
    const column = tableIn(this.#now, table).columns.find((one) => one.name === name)
    if (!column)
      throw new OffstageError('invalid_call', { detail: `An operation is about ${table}.${name}, which there is none of by then.` })
    return column
  }

  #addColumn({ table, column, fill }: Operand<'addColumn'>): void {
    const first = fill ?? column.default
    // Rows that are there would get an empty text or 0, and nobody would be told: so that it fails, nulls come first.
    const isBare = !column.nullable && first === undefined
    const added = columnText(this.#flavour, isBare ? { ...column, nullable: true } : column, first)
    this.#alterTable(table, [`add column ${added}`, ...checksOf(table, column).map((check) => `add ${checkText(check)}`)].join(', '))
    if (isBare) this.#modify(table, column)
    if (first !== column.default) this.#setDefault(table, column)
  }

  #dropColumn({ table, column }: Operand<'dropColumn'>): void {
    this.#release((one) => (one.table === table && one.column === column.name) || (one.target === table && one.to === column.name))
    this.#dropChecks(table, checksOf(table, this.#column(table, column.name)))
    this.#supports = this.#supports.filter((one) => one.table !== table || one.index.columns[0] !== column.name)
    this.#alterTable(table, `drop column ${quote(column.name)}`)
  }

  #modify(table: string, column: ColumnDef): void {
    this.#alterTable(table, `modify column ${columnText(this.#flavour, column, column.default)}`)
  }

  #setDefault(table: string, { name, type, nullable, default: value }: ColumnDef): void {
    // A nullable column whose default is dropped has none at all: an insert that leaves it out would fail.
    const change =
      value === undefined ? (nullable ? 'set default null' : 'drop default') : `set default ${defaultText(this.#flavour, type, value)}`
    this.#alterTable(table, `alter column ${quote(name)} ${change}`)
  }

  #alterColumn(operation: Operand<'alterColumn'>): void {
    const { table, to, fill } = operation
    const from = this.#column(table, to.name)
    this.#refuse(table, from, to)
    const newType = typeName(from.type) !== typeName(to.type)
    const isRequired = from.nullable && !to.nullable
    // At once, since the index that it needs may go next.
    if (from.references && !to.references) this.#release((one) => one.table === table && one.column === to.name)
    // A column that a reference uses can change neither its type nor whether it is required.
    if (newType || isRequired)
      this.#release((one) => (one.table === table && one.column === to.name) || (newType && one.target === table && one.to === to.name))
    const [oldChecks, newChecks] = [checksOf(table, from), checksOf(table, to)]
    const otherChecks = newType || oldChecks[0]?.name !== newChecks[0]?.name
    this.#guard(table, from, to)
    const reindexed = newType ? this.#outgrown(operation) : []
    for (const { index } of reindexed) this.#alterTable(table, `drop index ${quote(index.name)}`)
    if (otherChecks) this.#dropChecks(table, oldChecks)
    this.#convert(table, from, isRequired ? { ...to, nullable: true } : to, newType)
    if (isRequired) this.#require(table, to, fill)
    for (const { text } of reindexed) this.#alterTable(table, `add ${text}`)
    if (otherChecks) this.#addChecks(table, newChecks)
  }

  /** Indexes that hold the whole of a text, or its beginning, only as long as the text has its present type. */
  #outgrown(operation: Operand<'alterColumn'>): { readonly index: IndexDef; readonly text: string }[] {
    const [before, after] = [this.#now, applyOperation(this.#now, operation)].map((tables) => tableIn(tables, operation.table))
    const found = before!.indexes
      .map((index) => ({ index, old: indexText(before!, index), text: indexText(after!, index) }))
      .filter(({ old, text }) => old !== text)
    for (const { index } of found) this.#support(applyOperation(this.#now, { op: 'dropIndex', table: operation.table, index }))
    return found
  }

  #refuse(table: string, from: ColumnDef, to: ColumnDef): void {
    if (conversion(from.type, to.type) !== 'impossible') return
    throw new OffstageError('invalid_call', {
      detail: `Values of ${table}.${to.name} cannot become ${to.type}: they are ${from.type}.`,
      hint: 'Add the new one under another name, fill it by a data step, and drop the old one.',
    })
  }

  /** A CHECK that comes and goes makes the change fail before it begins, where a value would be cut. */
  #guard(table: string, from: ColumnDef, to: ColumnDef): void {
    const test = fits(quote(to.name), from.type, to.type)
    if (test === undefined) return
    const check = { name: passingCheck(table, to.name, 'fits'), test }
    this.#addChecks(table, [check])
    this.#dropChecks(table, [check])
  }

  #convert(table: string, from: ColumnDef, to: ColumnDef, newType: boolean): void {
    const update = (what: { readonly set: string; readonly where: string } | undefined): void => {
      if (what) this.#update(table, to.name, what.set, () => what.where)
    }
    if (!newType) {
      if (from.nullable !== to.nullable) this.#modify(table, to)
      else if (from.default !== to.default) this.#setDefault(table, to)
      return
    }
    update(updateBefore(quote(to.name), from.type, to.type))
    this.#modify(table, to)
    update(updateAfter(quote(to.name), from.type, to.type))
  }

  #require(table: string, column: ColumnDef, fill: Json | undefined): void {
    if (fill !== undefined && fill !== null) this.#update(table, column.name, constant(column.type, fill), (name) => `${name} is null`)
    this.#modify(table, column)
  }
}
