// What changes in one table that has its new name already.

import { conversion } from '../store/conversions.ts'
import type { ColumnDef, IndexDef, TableDef } from '../store/blueprint.ts'
import { named, same, withoutDefault } from './canonical.ts'
import type { Hints } from './hints.ts'
import type { Plan } from './plan.ts'

export interface TableChange {
  readonly plan: Plan
  readonly hints: Hints
  /** As it is once its loose references are taken away. */
  readonly old: TableDef
  readonly wanted: TableDef
}

export function changeTable(change: TableChange): void {
  const { plan, old, wanted } = change
  const remade = remadeColumns(change)
  for (const column of wanted.columns) {
    const from = named(old.columns, column.name)
    if (!from || remade.has(column.name)) addColumn(change, column)
    else if (!same(from, column)) alterColumn(change, from, column)
  }
  // Databases differ in whether they tell `Title` from `title`.
  const isTaken = (name: string): boolean => wanted.columns.some((one) => one.name.toLowerCase() === name.toLowerCase())
  for (const column of goneColumns(change, remade)) {
    const makesWay = isTaken(column.name) || (column.shadow !== undefined && isTaken(column.shadow.of) && remade.has(column.shadow.of))
    plan.add(makesWay ? 'dropOldColumn' : 'dropColumn', { op: 'dropColumn', table: old.name, column })
  }
  changeIndexes(change, (index) => index.columns.some((name) => remade.has(name)))
}

/** Copies before what they are copies of. */
const goneColumns = ({ old, wanted }: TableChange, remade: ReadonlySet<string>): readonly ColumnDef[] => {
  const gone = old.columns.filter(({ name }) => !named(wanted.columns, name) || remade.has(name))
  return [...gone.filter(({ shadow }) => shadow), ...gone.filter(({ shadow }) => !shadow)]
}

/** Columns that are dropped and made again under their name. */
function remadeColumns({ plan, hints, old, wanted }: TableChange): ReadonlySet<string> {
  const remade = new Set<string>()
  for (const from of old.columns) {
    const to = named(wanted.columns, from.name)
    if (!to) continue
    if (same(from.shadow, to.shadow) && conversion(from.type, to.type) !== 'impossible') continue
    remade.add(from.name)
    const path = `${old.name}.${from.name}`
    if (from.shadow || hints.drops?.has(path)) continue
    plan.problems.push({
      id: 'impossible',
      table: old.name,
      column: from.name,
      what: `${path} would change from ${from.type} to ${to.type}, and its values cannot become that`,
      write: `keep the old type and add the new one under another name; --drop ${path} gives the values up`,
    })
  }
  for (const { name, shadow } of old.columns) if (shadow && remade.has(shadow.of) && named(wanted.columns, name)) remade.add(name)
  return remade
}

function addColumn(change: TableChange, column: ColumnDef): void {
  const { plan, hints, old } = change
  const table = old.name
  if (column.shadow) {
    plan.add('addShadow', { op: 'addColumn', table, column })
    fillShadow(change, column)
    return
  }
  const path = `${table}.${column.name}`
  if (hints.data?.has(path)) {
    // Nobody but the step gives these rows a value: not the default either.
    const empty: ColumnDef = { ...withoutDefault(column), nullable: true }
    plan.add('addColumn', { op: 'addColumn', table, column: empty })
    plan.add('data', { op: 'data', step: path })
    if (!same(empty, column)) plan.add('tighten', { op: 'alterColumn', table, from: empty, to: column })
    return
  }
  const fill = hints.fills?.[path]
  plan.add('addColumn', { op: 'addColumn', table, column, ...(fill !== undefined && !same(fill, column.default) && { fill }) })
  if (!column.nullable && column.default === undefined && fill === undefined)
    required(change, column, `${path} is required, and the rows that are there have none`)
}

function alterColumn(change: TableChange, from: ColumnDef, to: ColumnDef): void {
  const { plan, hints, old } = change
  const table = old.name
  const path = `${table}.${to.name}`
  const renames = renamedChoices(change, from, to)
  const data = hints.data?.has(path)
  const fill = !from.nullable || to.nullable ? undefined : (hints.fills?.[path] ?? to.default)
  if (from.nullable && !to.nullable && fill === undefined && !data)
    required(change, to, `${path} gets required, and rows that have no value would break that`)
  let state = from
  if (renames.length > 0 || data) {
    const wide: ColumnDef = {
      ...to,
      nullable: from.nullable,
      ...(from.choices && to.choices && { choices: [...new Set([...from.choices, ...to.choices])] }),
    }
    if (!same(state, wide)) plan.add(phaseOf(wide), { op: 'alterColumn', table, from: state, to: wide })
    state = wide
    for (const [old, name] of renames) plan.add('renameChoice', { op: 'renameChoice', table, column: to.name, from: old, to: name })
    if (data) plan.add('data', { op: 'data', step: path })
  }
  if (!same(state, to)) {
    const phase = state === from ? phaseOf(to) : 'tighten'
    plan.add(phase, { op: 'alterColumn', table, from: state, to, ...(fill !== undefined && { fill }) })
  }
  if (fill !== undefined || data) refillShadows(change, to)
}

const phaseOf = (column: ColumnDef): 'alter' | 'alterReference' => (column.references ? 'alterReference' : 'alter')

/** Values that were given anew have copies that are not. New copies are filled anyway. */
function refillShadows(change: TableChange, column: ColumnDef): void {
  for (const shadow of change.wanted.columns)
    if (shadow.shadow?.of === column.name && named(change.old.columns, shadow.name)) fillShadow(change, shadow)
}

function fillShadow({ plan, wanted }: TableChange, column: ColumnDef): void {
  plan.add('fillShadow', { op: 'fillShadow', table: wanted.name, key: wanted.columns[0]!.name, column })
}

function renamedChoices({ plan, hints, old }: TableChange, from: ColumnDef, to: ColumnDef): readonly (readonly [string, string])[] {
  if (!from.choices || !to.choices) return []
  const path = `${old.name}.${to.name}`
  const gone = from.choices.filter((choice) => !to.choices!.includes(choice))
  const fresh = to.choices.filter((choice) => !from.choices!.includes(choice))
  const hint = hints.choices?.[path] ?? {}
  const renames = gone.flatMap((choice) =>
    Object.hasOwn(hint, choice) && to.choices!.includes(hint[choice]!) ? [[choice, hint[choice]!] as const] : [],
  )
  const lost = gone.filter((choice) => !renames.some(([one]) => one === choice) && !hints.drops?.has(`${path}.${choice}`))
  const free = fresh.filter((choice) => !renames.some(([, one]) => one === choice))
  if (lost.length > 0 && free.length > 0) {
    const [first] = lost as [string]
    plan.problems.push({
      id: 'ambiguous_choice',
      table: old.name,
      column: to.name,
      what: `${path} has no choice ${lost.map((one) => `'${one}'`).join(', ')} any more, and ${free.map((one) => `'${one}'`).join(', ')} is new`,
      write: `--rename ${path}.${first}=${free[0]} (or .renamedChoices({ ${JSON.stringify(first)}: '${free[0]}' }) on the field) gives rows that have it the new one; --drop ${path}.${first} says that no row has it`,
    })
  }
  return renames
}

function required({ plan, old, wanted }: TableChange, column: ColumnDef, what: string): void {
  const path = `${old.name}.${column.name}`
  // A slug, say: one value for all of them would not do.
  const unique = wanted.indexes.some((index) => index.unique && index.columns.length === 1 && index.columns[0] === column.name)
  plan.problems.push({
    id: 'required',
    table: old.name,
    column: column.name,
    what,
    write: unique
      ? `make it .optional(), or work the values out in a step of code with --data ${path}: it is unique, so that no two rows may have the same`
      : `give it a .default(value), make it .optional(), give these rows one value with --fill ${path}=${exampleOf(column)}, or work the values out in a step of code with --data ${path}`,
  })
}

function exampleOf({ type, choices }: ColumnDef): string {
  if (choices) return choices[0]!
  if (type.startsWith('decimal')) return `0${'.'.padEnd(Number(type.slice(0, -1).split(',')[1]) + 1, '0')}`.replace(/\.$/, '')
  const examples: Partial<Record<typeof type, string>> = {
    integer: '0',
    real: '0',
    serial: '1',
    boolean: 'false',
    datetime: '2026-01-31T12:00:00.000Z',
    date: '2026-01-31',
    json: '{}',
  }
  return examples[type] ?? 'value'
}

function changeIndexes({ plan, old, wanted }: TableChange, isLost: (index: IndexDef) => boolean): void {
  const table = old.name
  const stays = (index: IndexDef, others: readonly IndexDef[]): boolean => !isLost(index) && same(named(others, index.name), index)
  for (const index of wanted.indexes) if (!stays(index, old.indexes)) plan.add('addIndex', { op: 'addIndex', table, index })
  for (const index of old.indexes) {
    if (stays(index, wanted.indexes)) continue
    // MySQL keeps a reference only while some index begins with its column, so there the next one comes before the old one goes.
    const isNeeded = named(old.columns, index.columns[0]!)?.references !== undefined
    const makesWay = isLost(index) || named(wanted.indexes, index.name) !== undefined || !isNeeded
    plan.add(makesWay ? 'dropOldIndex' : 'dropIndex', { op: 'dropIndex', table, index })
  }
}
