// `offstage migrate sql`: the SQL of migrations, shown, or written for one more database.

import { OffstageError } from '../base/errors.ts'
import type { Migrations } from '../app/migrations.ts'
import { refuseFiles, writeMigration } from '../migrate/files.ts'
import { dialects, withSteps } from '../migrate/migration.ts'
import { renderers } from '../migrate/renderers.ts'
import { until } from '../migrate/runner.ts'
import type { DialectName, Step } from '../store/operations.ts'
import { configForCommand } from './open.ts'
import { openProject } from './migrate-project.ts'
import { out } from './terminal.ts'

export interface SqlOptions {
  readonly dialect?: string
  readonly down?: boolean
  readonly add?: string
}

/** Statements to be read, or fed to another tool; steps of code stand as comments. */
export function sqlText(id: string, steps: readonly Step[]): string {
  const lines = steps.map((step) =>
    step.kind === 'run' ? `-- ${step.says}: code, which only offstage runs` : `-- ${step.says}\n${step.sql};`,
  )
  return [`-- ${id}`, ...(lines.length === 0 ? ['-- nothing to do'] : lines)].join('\n')
}

export function dialectNamed(name: string): DialectName {
  const found = dialects.find((one) => one === name)
  if (found) return found
  throw new OffstageError('invalid_call', { detail: `There is no database ${name}; there are: ${dialects.join(', ')}.` })
}

export async function migrateSql(path: string, id: string | undefined, options: SqlOptions): Promise<void> {
  const project = await openProject(path)
  if (options.add !== undefined) return addDialect(project.migrations, dialectNamed(options.add))
  const dialect = options.dialect === undefined ? configured(configForCommand(project).database.kind) : dialectNamed(options.dialect)
  const chain = project.migrations.runnables(dialect)
  const wanted = id === undefined ? chain : until(chain, id).slice(-1)
  for (const migration of options.down ? wanted.toReversed() : wanted) {
    const steps = options.down ? migration.down : migration.up
    out(steps ? sqlText(migration.id, steps) : `-- ${migration.id}\n-- there is no way back: ${migration.irreversible.join('; ')}`)
  }
}

// Which of the two a server of that kind is only it can tell; their SQL differs in little.
const configured = (kind: 'sqlite' | 'postgres' | 'mysql'): DialectName => kind

function addDialect({ folder, chain, problems }: Migrations, dialect: DialectName): void {
  refuseFiles(problems)
  const without = [...chain.replaced, ...chain.migrations].filter(({ up }) => up[dialect] === undefined)
  for (const migration of without) writeMigration(folder, withSteps(migration, migration.before, { [dialect]: renderers[dialect] }))
  out(`${without.length} of ${chain.migrations.length} migrations got SQL for ${dialect}.`)
}
