// Operations as PostgreSQL's statements, small ones: what locks a table that others use must be over at once, and what goes over all
// rows must not lock it. So a limit is first declared and then validated, and an index is built beside the writers.

import { OffstageError } from '../../base/errors.ts'
import { applyOperation, tableIn } from '../apply.ts'
import { checkName, type Blueprint, type ColumnDef } from '../blueprint.ts'
import { conversion } from '../conversions.ts'
import type { Operation, Render, SqlStep, Step } from '../operations.ts'
import { followed, isSame, passingCheck, referencesOf, type Reference } from '../references.ts'
import { said } from '../said.ts'
import { checkText, columnText, constant, quote, tableText, typeName, typeText } from './column-text.ts'
import { converted, fits } from './convert.ts'
import { indexedWords } from './search-index.ts'

export const renderPostgres: Render = (before, operations) => {
  const planner = new Planner(before)
  for (const operation of operations) planner.take(operation)
  planner.finish()
  return planner.steps
}

type Operand<Name extends Operation['op']> = Extract<Operation, { readonly op: Name }>

class Planner {
  readonly steps: Step[] = []
  #now: Blueprint
  /** The references that the database has at this point. */
  #present: readonly Reference[]
  /** Tables made by these very operations: nobody uses them yet, so that nothing has to be done carefully. */
  readonly #made = new Set<string>()
  #says = ''

  constructor(before: Blueprint) {
    this.#now = before
    this.#present = referencesOf(before)
  }

  take(operation: Operation): void {
    this.#says = said(operation)
    this.#render(operation)
    this.#now = applyOperation(this.#now, operation)
  }

  finish(): void {
    const wanted = referencesOf(this.#now)
    this.#release((one) => !wanted.some((other) => isSame(one, other)))
    for (const one of wanted) {
      if (this.#present.some((other) => isSame(one, other))) continue
      this.#says = `let ${one.table}.${one.column} refer to ${one.target}`
      const key = `foreign key (${quote(one.column)}) references ${quote(one.target)} (${quote(one.to)})`
      this.#addConstraint(one.table, one.name, key)
    }
  }

  #render(operation: Operation): void {
    switch (operation.op) {
      case 'createTable':
        this.#made.add(operation.table.name)
        this.#sql(tableText(operation.table))
        for (const index of operation.table.indexes) this.#addIndex({ op: 'addIndex', table: operation.table.name, index })
        return
      case 'dropTable':
        return this.#dropTable(operation.table.name)
      case 'renameTable':
        return this.#renameTable(operation)
      case 'addColumn':
        return this.#addColumn(operation)
      case 'dropColumn': {
        const { table, column } = operation
        this.#release((one) => one.target === table && one.to === column.name)
        this.#present = this.#present.filter((one) => one.table !== table || one.column !== column.name)
        return this.#alterTable(table, `drop column ${quote(column.name)}`)
      }
      case 'renameColumn':
        return this.#renameColumn(operation)
      case 'alterColumn':
        return this.#alterColumn(operation)
      case 'addIndex':
        return this.#addIndex(operation)
      case 'dropIndex':
        return this.#dropIndex(operation.table, operation.index.name)
      case 'renameIndex':
        return this.#sql(`alter index ${quote(operation.from)} rename to ${quote(operation.to)}`)
      case 'sql':
        for (const sql of operation.up.postgres ?? []) this.#sql(sql)
        return
      case 'renameChoice':
      case 'fillShadow':
      case 'data':
        this.steps.push({ kind: 'run', says: this.#says, run: operation })
    }
  }

  #sql(sql: string, how: Pick<SqlStep, 'alone' | 'repeatable'> = {}): void {
    this.steps.push({ kind: 'sql', says: this.#says, sql, ...how })
  }

  #alterTable(table: string, change: string): void {
    this.#sql(`alter table ${quote(table)} ${change}`)
  }

  /** Rows that are there are looked at in a step of its own, under a lock that lets others write. */
  #addConstraint(table: string, name: string, text: string): void {
    const add = `add constraint ${quote(name)} ${text}`
    if (this.#made.has(table)) return this.#alterTable(table, add)
    this.#alterTable(table, `${add} not valid`)
    this.#alterTable(table, `validate constraint ${quote(name)}`)
  }

  #release(test: (reference: Reference) => boolean): void {
    for (const one of this.#present) if (test(one)) this.#alterTable(one.table, `drop constraint ${quote(one.name)}`)
    this.#present = this.#present.filter((one) => !test(one))
  }

  #dropTable(name: string): void {
    this.#release((one) => one.target === name && one.table !== name)
    this.#present = this.#present.filter((one) => one.table !== name)
    this.#made.delete(name)
    this.#sql(`drop table ${quote(name)}`)
  }

  #renameTable(operation: Operand<'renameTable'>): void {
    const { from, to } = operation
    this.#alterTable(from, `rename to ${quote(to)}`)
    for (const column of tableIn(this.#now, from).columns) this.#renameCheck(to, checkName(from, column), checkName(to, column))
    if (this.#made.delete(from)) this.#made.add(to)
    this.#follow(operation)
  }

  #renameColumn(operation: Operand<'renameColumn'>): void {
    const { table, from, to } = operation
    const column = this.#column(table, from)
    this.#alterTable(table, `rename column ${quote(from)} to ${quote(to)}`)
    this.#renameCheck(table, checkName(table, column), checkName(table, { ...column, name: to }))
    this.#follow(operation)
  }

  #renameCheck(table: string, from: string | undefined, to: string | undefined): void {
    if (from !== undefined && to !== undefined && from !== to) this.#alterTable(table, `rename constraint ${quote(from)} to ${quote(to)}`)
  }

  #follow(operation: Operand<'renameTable' | 'renameColumn'>): void {
    this.#present = this.#present.map((one) => {
      const next = followed(one, operation)
      if (next.name !== one.name) this.#alterTable(next.table, `rename constraint ${quote(one.name)} to ${quote(next.name)}`)
      return next
    })
  }

  #column(table: string, name: string): ColumnDef {
    const column = tableIn(this.#now, table).columns.find((one) => one.name === name)
    if (!column)
      throw new OffstageError('invalid_call', { detail: `An operation is about ${table}.${name}, which there is none of by then.` })
    return column
  }

  /** A constant for the rows that are there costs nothing, however many they are. */
  #addColumn({ table, column, fill = column.default }: Operand<'addColumn'>): void {
    this.#alterTable(table, `add column ${columnText(column, fill ?? undefined)}`)
    if ((fill ?? undefined) !== column.default) this.#alterTable(table, `alter column ${quote(column.name)} ${defaultChange(column)}`)
    const check = checkName(table, column)
    if (check !== undefined) this.#addConstraint(table, check, `check (${checkText(column)})`)
  }

  #alterColumn({ table, to, fill }: Operand<'alterColumn'>): void {
    const from = this.#column(table, to.name)
    const newType = typeName(from.type) !== typeName(to.type)
    if (newType) this.#release((one) => (one.table === table && one.column === to.name) || (one.target === table && one.to === to.name))
    const guard = this.#guard(table, from, to)
    const [oldCheck, newCheck] = [checkName(table, from), checkName(table, to)]
    const otherCheck = newType || oldCheck !== newCheck
    const changes = [
      ...(guard === undefined ? [] : [`drop constraint ${quote(guard)}`]),
      ...(otherCheck && oldCheck !== undefined ? [`drop constraint ${quote(oldCheck)}`] : []),
      ...columnChanges(from, to, newType),
    ]
    if (changes.length > 0) this.#alterTable(table, changes.join(', '))
    if (otherCheck && newCheck !== undefined) this.#addConstraint(table, newCheck, `check (${checkText(to)})`)
    if (from.nullable && !to.nullable) this.#require(table, to, fill)
  }

  /** Makes the change fail before it begins, where PostgreSQL would cut a value; the CHECK is gone when the type changes. */
  #guard(table: string, from: ColumnDef, to: ColumnDef): string | undefined {
    if (conversion(from.type, to.type) === 'impossible')
      throw new OffstageError('invalid_call', {
        detail: `Values of ${table}.${to.name} cannot become ${to.type}: they are ${from.type}.`,
        hint: 'Add the new one under another name, fill it by a data step, and drop the old one.',
      })
    const test = fits(quote(to.name), from.type, to.type)
    if (test === undefined) return undefined
    const name = passingCheck(table, to.name, 'fits')
    this.#addConstraint(table, name, `check (${test})`)
    return name
  }

  /** With a valid CHECK that says so, PostgreSQL believes that there are no nulls, and does not look while it locks the table. */
  #require(table: string, column: ColumnDef, fill: Operand<'alterColumn'>['fill']): void {
    const name = quote(column.name)
    if (fill !== undefined && fill !== null)
      this.#sql(`update ${quote(table)} set ${name} = ${constant(column.type, fill)} where ${name} is null`)
    if (this.#made.has(table)) return this.#alterTable(table, `alter column ${name} set not null`)
    const check = passingCheck(table, column.name, 'required')
    this.#addConstraint(table, check, `check (${name} is not null)`)
    this.#alterTable(table, `alter column ${name} set not null`)
    this.#alterTable(table, `drop constraint ${quote(check)}`)
  }

  #addIndex({ table, index }: Operand<'addIndex'>): void {
    const what = index.search ? indexedWords(index.columns) : `(${index.columns.map(quote).join(', ')})`
    const create = (how: string): string =>
      `create ${index.unique ? 'unique ' : ''}index ${how}${quote(index.name)} on ${quote(table)} ${what}`
    if (this.#made.has(table)) return this.#sql(create(''))
    // What a run that broke leaves is an index that is not valid: it is removed first, and so is one when the runner comes back here.
    this.#dropIndex(table, index.name)
    this.#sql(create('concurrently '), { alone: true })
  }

  #dropIndex(table: string, name: string): void {
    if (this.#made.has(table)) return this.#sql(`drop index ${quote(name)}`)
    this.#sql(`drop index concurrently if exists ${quote(name)}`, { alone: true, repeatable: true })
  }
}

const defaultChange = (column: ColumnDef): string =>
  column.default === undefined ? 'drop default' : `set default ${constant(column.type, column.default)}`

/** What one ALTER TABLE can do about a column at once; PostgreSQL itself puts dropping first. */
function columnChanges(from: ColumnDef, to: ColumnDef, newType: boolean): string[] {
  const alter = `alter column ${quote(to.name)}`
  const newDefault = from.default !== to.default
  return [
    ...(newType && from.default !== undefined ? [`${alter} drop default`] : []),
    ...(newType ? [`${alter} type ${typeText(to.type)} using ${converted(quote(to.name), from.type, to.type)}`] : []),
    ...((newType && to.default !== undefined) || (newDefault && (!newType || to.default !== undefined))
      ? [`${alter} ${defaultChange(to)}`]
      : []),
    ...(to.nullable && !from.nullable ? [`${alter} drop not null`] : []),
  ]
}
