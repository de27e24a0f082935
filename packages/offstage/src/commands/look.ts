// The commands that only look: at the declaration, the routes, the rules, the configuration.

import { writeFileSync } from 'node:fs'
import { declaredEnv } from '../app/env.ts'
import { readConfig, type ShownVariable } from '../app/config.ts'
import { countProblems, problemsIn, refuseProblems, registryOf } from '../app/problems.ts'
import { accessSections } from './access.ts'
import { accessMarkdown, accessText, staleAccess } from './access-print.ts'
import { explain } from './explain.ts'
import { loadApp } from './load.ts'
import { describeProblem } from './pretty.ts'
import { routesTable } from './routes.ts'
import { out, paint, table, warn } from './terminal.ts'

/** True if there is no error; warnings are shown and pass. */
export async function check(path: string): Promise<boolean> {
  const { app, file, root } = await loadApp(path)
  const registry = registryOf(app)
  const declared = problemsIn(app, registry)
  // Rules that do not compile have nothing to compare.
  const sound = declared.every(({ level }) => level === 'warning')
  const problems = [...declared, ...(sound ? staleAccess(app, registry, file, path) : [])]
  for (const problem of problems) warn(`${describeProblem(problem, root)}\n`)
  out(problems.length === 0 ? paint('green', 'No problems.') : countProblems(problems))
  return problems.every(({ level }) => level === 'warning')
}

export async function routes(path: string): Promise<void> {
  const { app, root } = await loadApp(path)
  // Looking needs neither the app's variables nor its database.
  const config = readConfig({ mode: 'development', root, files: false, secret: 'fleeting', environment: { DATABASE_URL: 'file::memory:' } })
  const running = await (await import('../app/open.ts')).openApp(app, { config })
  out(routesTable(running.routes))
  await running.close()
}

export async function access(path: string, options: { readonly out?: string }): Promise<void> {
  const { app } = await loadApp(path)
  const registry = registryOf(app)
  refuseProblems(problemsIn(app, registry))
  if (options.out === undefined) out(accessText(accessSections(app, registry), process.stdout.columns))
  else {
    writeFileSync(options.out, accessMarkdown(app, registry))
    out(`Wrote ${options.out}.`)
  }
}

export async function explainAccess(path: string, user: string, operation: string, target: string): Promise<void> {
  await using opened = await (await import('./open.ts')).openForCommand(path, { tolerant: true })
  out(await explain(opened.running.data, user, operation, target))
}

/** Shows what `dev` reads, or with `production` what `start` would; then false if that would refuse to start. */
export async function config(path: string, production: boolean): Promise<boolean> {
  const { app, root } = await loadApp(path)
  const show = (shown: readonly ShownVariable[]): void =>
    out(table([['variable', 'value', 'from'], ...shown.map(({ name, value, source }) => [name, value, source])]))
  // What is missing is best seen among the rest, and then said.
  const { shown } = readConfig({
    mode: production ? 'production' : 'development',
    root,
    environment: process.env,
    declared: declaredEnv(app),
    refused: show,
  })
  show(shown)
  return true
}
