// What the migrate commands work with: the app, its folder of migrations, and its database where one is needed.

import { mkdirSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { openStore } from '../app/database.ts'
import { readMigrations, type Migrations } from '../app/migrations.ts'
import { problemsIn, refuseProblems, registryOf } from '../app/problems.ts'
import type { News } from '../migrate/run.ts'
import type { Runnable } from '../migrate/runnable.ts'
import type { Registry } from '../schema/registry.ts'
import type { Store } from '../store/store.ts'
import { configForCommand } from './open.ts'
import { loadApp, type LoadedApp } from './load.ts'
import { out, paint, progress, type Progress } from './terminal.ts'

export interface Project extends LoadedApp {
  readonly registry: Registry
  readonly migrations: Migrations
}

/** Throws what is wrong with the declaration; what is wrong with the migrations is told where they are used. */
export async function openProject(path: string): Promise<Project> {
  const loaded = await loadApp(path)
  const registry = registryOf(loaded.app)
  refuseProblems(problemsIn(loaded.app, registry))
  return { ...loaded, registry, migrations: readMigrations(loaded.root) }
}

export interface ProjectDatabase extends AsyncDisposable {
  readonly store: Store
  readonly chain: readonly Runnable[]
}

/** Its tables are left as they are. */
export async function openProjectDatabase(project: Project): Promise<ProjectDatabase> {
  const { database } = configForCommand(project)
  if (database.kind === 'sqlite' && isAbsolute(database.file)) mkdirSync(dirname(database.file), { recursive: true })
  const store = await openStore(project.registry, database)
  try {
    return { store, chain: project.migrations.runnables(store.dialect), [Symbol.asyncDispose]: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Tells what a runner does, step by step. */
export function newsTeller(): (news: News) => void {
  let bar: Progress | undefined
  return (news) => {
    switch (news.kind) {
      case 'begins':
        return out(
          `${paint('bold', news.id)}${news.direction === 'down' ? ' back' : ''}${news.from === undefined ? '' : `, from step ${news.from + 1}`}`,
        )
      case 'adopted':
        return out(`${paint('bold', news.id)} is done already: the tables followed the models`)
      case 'loses':
        return out(
          `  ${paint('yellow', `loses ${news.says.join(', ')}`)}${news.copy === undefined ? '' : `; the file as it was: ${news.copy}`}`,
        )
      case 'rows':
        return (bar ??= progress('  rows', undefined)).to(news.rows)
      case 'step':
        if (news.milliseconds === undefined) return
        bar?.end()
        bar = undefined
        return out(`  ${paint('dim', `${news.at + 1}/${news.of}`)} ${news.step.says} ${paint('dim', `${news.milliseconds} ms`)}`)
      case 'ended':
        return
    }
  }
}
