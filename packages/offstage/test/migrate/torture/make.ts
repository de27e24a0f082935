// An edited world written down as a migration, the way `offstage migrate make` goes: declarations, hints and flags, the comparison with
// the last snapshot, the folder with its files.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMigrations } from '../../../src/app/migrations.ts'
import type { Json } from '../../../src/schema/kind.ts'
import { canonical } from '../../../src/migrate/canonical.ts'
import { headBlueprint, type Chain } from '../../../src/migrate/chain.ts'
import { diff } from '../../../src/migrate/diff.ts'
import { dataFile, refuseFiles, writeMigration } from '../../../src/migrate/files.ts'
import { withFlags } from '../../../src/migrate/flags.ts'
import { hintsOf } from '../../../src/migrate/hints-of.ts'
import type { Hints } from '../../../src/migrate/hints.ts'
import { isAside, puttingAside, withAside } from '../../../src/migrate/kept.ts'
import { draftMigration, type Migration, type Renders } from '../../../src/migrate/migration.ts'
import { renderers } from '../../../src/migrate/renderers.ts'
import { blueprintOf, type Blueprint } from '../../../src/store/blueprint.ts'
import type { DialectName } from '../../../src/store/operations.ts'
import type { Dice } from '../../random/dice.ts'
import { assertRight, columnOf, registryOf, tableOf } from './models.ts'
import type { Draft } from './world.ts'

interface Made {
  /** Absent: the tables are the same. */
  readonly migration?: Migration
  /** The renames that stand in the models; they may stay there for a while. */
  readonly told: Hints
}

export const chainOf = (root: string): Chain => {
  const { chain, problems } = readMigrations(root)
  refuseFiles(problems)
  return chain
}

/** `stale`: renames of the time before, which nobody has taken out of the models. */
export function make(dice: Dice, root: string, draft: Draft, stale: Hints, dialect: DialectName): Made {
  const chain = chainOf(root)
  const before = headBlueprint(chain)
  const { told, rename } = tell(dice, draft, stale)
  assertRight(draft.models, told)
  const registry = registryOf(draft.models, told)
  const wanted = blueprintOf(registry)
  const flags = {
    rename,
    drop: draft.drops,
    fill: Object.entries(draft.fills).map(([path, value]) => `${path}=${flagText(value, isJson(wanted, path))}`),
    data: Object.keys(draft.data),
  }
  const hints = withFlags(before, wanted, hintsOf(registry, draft.now), flags)
  const { operations: found, problems } = diff(before, withAside(before, wanted, hints), hints)
  assert.deepEqual(problems, [], `with ${JSON.stringify(flags)} nothing is asked`)
  const operations = draft.keep ? puttingAside(before, found, draft.now) : found
  if (operations.length === 0) return { told }
  const renders: Renders = { [dialect]: renderers[dialect] }
  const migration = draftMigration(
    {
      name: draft.says[0]!,
      now: draft.now,
      parents: chain.heads,
      before,
      operations,
      ...(draft.loses && { allowDestructive: 'the torture wants it' }),
    },
    renders,
  )
  writeMigration(join(root, 'migrations'), migration)
  if (Object.keys(draft.data).length > 0) writeFileSync(join(root, 'migrations', migration.id, dataFile), codeOf(draft.data))
  assert.deepEqual(withoutAside(migration.after), canonical(wanted), 'the snapshot is what the models want')
  return { migration, told }
}

const flagText = (value: Json, json: boolean): string => (typeof value === 'string' && !json ? value : JSON.stringify(value))

function isJson({ tables }: Blueprint, path: string): boolean {
  const [table, column] = path.split('.')
  return tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column)?.type === 'json'
}

const withoutAside = ({ tables }: Blueprint): Blueprint => ({
  tables: tables
    .filter((table) => !isAside(table))
    .map((table) => ({ ...table, columns: table.columns.filter((column) => !isAside(column)) })),
})

/** Each rename in the models or as a flag. */
function tell(dice: Dice, draft: Draft, stale: Hints): { told: Hints; rename: string[] } {
  const tables: Record<string, string> = {}
  const columns: Record<string, string> = {}
  const choices: Record<string, Record<string, string>> = {}
  const rename: string[] = []
  for (const model of draft.models) {
    const table = tableOf(model)
    const inModels = dice.chance(0.6)
    if (model.was !== undefined && model.was !== table) {
      if (inModels && model.was.toLowerCase() !== table.toLowerCase()) tables[table] = model.was
      else rename.push(`${model.was}=${table}`)
    } else if (stale.tables?.[table] !== undefined && !draft.models.some((one) => same(tableOf(one), stale.tables![table]!)))
      tables[table] = stale.tables[table]!
    for (const field of model.fields) {
      const column = columnOf(field)
      const path = `${table}.${column}`
      const old = stale.columns?.[path]
      const isField = (name: string): boolean => model.fields.some((one) => one.name === name)
      if (field.was !== undefined && field.was !== column) {
        if (inModels && !isField(field.was)) columns[path] = field.was
        else rename.push(`${dice.chance(0.5) ? model.was : table}.${field.was}=${column}`)
      } else if (field.was !== undefined && old !== undefined && !isField(old)) columns[path] = old
      if (!field.renamedChoices) continue
      // A flag parts what it says at dots and at the first `=`.
      if (inModels || Object.keys(field.renamedChoices).some((from) => from.includes('='))) choices[path] = field.renamedChoices
      else for (const [from, to] of Object.entries(field.renamedChoices)) rename.push(`${table}.${field.was}.${from}=${to}`)
    }
  }
  return { told: { tables, columns, choices }, rename }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function codeOf(data: Readonly<Record<string, readonly Json[]>>): string {
  const steps = Object.entries(data).map(([path, values]) => {
    const [table, column] = path.split('.')
    return `  ${JSON.stringify(path)}: {
    table: ${JSON.stringify(table)},
    columns: [],
    where: { ${JSON.stringify(column)}: null },
    batch: 3,
    run: (rows) => rows.map((row) => ({ ${JSON.stringify(column)}: given(row.id, ${JSON.stringify(values)}) })),
  },`
  })
  return `const given = (key, values) => values[[...key].reduce((sum, one) => sum + one.codePointAt(0), 0) % values.length]\n\nexport const steps = {\n${steps.join('\n')}\n}\n`
}
