// Names and widths of tables, columns and indexes: what one database takes and another does not is refused for all of them.

import type { Report } from './report.ts'
import type { FieldDef, ModelDef, Registry } from './registry.ts'

/** Characters of all columns of one index: InnoDB keeps 3072 bytes of it, and four of every character. */
export const longestIndexed = 768
const longestName = 63
/** Of the second column that Offstage keeps beside searchable fields and unique emails. */
const shadowEndings = ['__words', '__email']

/** What PostgreSQL and SQLite have in every table already. */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid', '_rowid_'])

export function checkTables(report: Report, registry: Registry): void {
  const tables = new Map<string, string>()
  for (const model of registry.models.values()) {
    checkTable(report, registry, model, tables)
    checkColumns(report, model)
    if (!model.adopted) checkWidths(report, model)
  }
}

/** Databases differ in whether they tell `Orders` from `orders`, so no two names may differ by case alone. */
function checkTable(report: Report, registry: Registry, model: ModelDef, tables: Map<string, string>): void {
  const twin = tables.get(model.table.toLowerCase())
  if (twin !== undefined)
    report({
      id: 'O045',
      place: model.place,
      message: `${twin} and ${model.name} have the same table, ${model.table} (case does not count).`,
      hint: "Give one another: model({ ... }, { table: '...' }).",
    })
  tables.set(model.table.toLowerCase(), model.name)
  const { renamedFrom: old } = model
  if (old !== undefined && [...registry.models.values()].some(({ table }) => table.toLowerCase() === old.toLowerCase()))
    report({
      id: 'O048',
      place: model.place,
      message: `The table of ${model.name} was renamed from ${old}, which is still the table of a model.`,
      hint: 'Remove the old model, or renamedFrom.',
    })
  const owner = /^(sqlite|pg|offstage)_/i.exec(model.table)?.[1]?.toLowerCase()
  if (owner !== undefined && !model.adopted)
    report({
      id: 'O047',
      place: model.place,
      message: `The table of ${model.name} is called '${model.table}': names that begin with ${owner}_ are kept for ${owners[owner]}.`,
      hint: "Give it another: model({ ... }, { table: '...' }).",
    })
  checkPhysical(report, model.place, `The table of ${model.name}`, model.table)
}

const owners: Readonly<Record<string, string>> = { sqlite: 'SQLite itself', pg: 'PostgreSQL itself', offstage: 'Offstage itself' }

function checkColumns(report: Report, model: ModelDef): void {
  const unique = new Set(model.unique.flat())
  const columns = new Map<string, string>()
  for (const field of model.columns) {
    const what = `The column of ${model.name}.${field.name}`
    const place = field.place ?? model.place
    const name = field.column.toLowerCase()
    const other = columns.get(name)
    if (other !== undefined)
      report({
        id: 'O046',
        place,
        message: `${model.name}.${other} and ${model.name}.${field.name} have the same column, ${field.column} (case does not count).`,
        hint: "Give one another: .column('...').",
      })
    columns.set(name, field.name)
    checkPhysical(report, field.place, what, field.column)
    if (systemColumns.has(name))
      report({
        id: 'O047',
        place,
        message: `${what} is called '${field.column}', which a database has in every table already.`,
        hint: "Give it another: .column('...').",
      })
    const shadowed = field.searchable || (field.kind.name === 'email' && unique.has(field.name))
    if (shadowed && Buffer.byteLength(field.column) + 7 > longestName)
      report({
        id: 'O047',
        place,
        message: `${what} is called '${field.column}': another stands beside it, whose name is 7 letters longer.`,
        hint: `Use ${longestName - 7} letters at most.`,
      })
    if (!model.adopted && shadowEndings.some((ending) => name.endsWith(ending)))
      report({
        id: 'O047',
        place,
        message: `${what} is called '${field.column}': Offstage's own columns end so.`,
        hint: "Give it another: .column('...').",
      })
  }
}

/** 63 bytes is what PostgreSQL keeps of a name; longer ones are cut there without a word. */
function checkPhysical(report: Report, place: string | undefined, what: string, name: string): void {
  if (/^[A-Za-z_](?:[A-Za-z0-9_ $-]*[A-Za-z0-9_$-])?$/.test(name) && Buffer.byteLength(name) <= longestName) return
  report({
    id: 'O047',
    place,
    message: `${what} is called '${name}'.`,
    hint: 'Use letters, digits and _, beginning with a letter, 63 at most.',
  })
}

/** What is kept unique must be indexed whole. */
function checkWidths(report: Report, model: ModelDef): void {
  for (const names of model.unique) {
    const fields = names.flatMap((name) => model.fields.get(name) ?? [])
    const width = fields.reduce((sum, field) => sum + widthOf(field), 0)
    // Wrong groups have been told of already, and so have fields that are too wide by themselves.
    const isSound =
      fields.length > 1 &&
      fields.length === names.length &&
      new Set(names).size === names.length &&
      fields.every(({ kind }) => kind.storage !== 'json')
    if (!isSound || width <= longestIndexed) continue
    report({
      id: 'O030',
      place: model.place,
      message: `${model.name} keeps ${names.join(' and ')} unique together, which may be over ${longestIndexed} characters long: databases cannot index that.`,
      hint: `Give the texts in it a limit, such as t.text({ max: 255 }); ${longestIndexed} for all is the most.`,
    })
  }
}

function widthOf({ kind, options }: FieldDef): number {
  if (kind.name === 'id' || kind.name === 'ref') return options['form'] === 'key' ? 255 : 64
  if (kind.storage !== 'text') return 8
  if (kind.name !== 'text' && kind.name !== 'url') return 255
  const max = Number(options['max'] ?? Infinity)
  // As wide as its column is made.
  return max <= 255 ? 255 : max <= longestIndexed ? longestIndexed : Infinity
}
