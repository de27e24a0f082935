// `npm test`: the types and what they cost, every unit and behaviour test on Node 24 and again on Node 26, those that touch data once more
// on PostgreSQL and on MariaDB (or MySQL), and short runs of the drill (kill -9, stores against the evaluator) and the fuzz.
// `npm test -- query auth` runs the files whose path holds one of the words, on the repository's own Node only; with TEST_DATABASE_URL on
// that database.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mysqlServer, postgresServer, type TestServer } from './servers.ts'

const top = resolve(import.meta.dirname, '..')
const words = process.argv.slice(2)
const found = globSync('packages/*/{src,test}/**/*.test.ts', { cwd: top }).toSorted()
const named = words.length === 0 ? found : found.filter((file) => words.some((word) => file.includes(word)))
if (named.length === 0) {
  process.stderr.write(`No test file has ${words.join(' or ')} in its path.\n`)
  process.exit(1)
}

/** Those that need a server say so in their names; the others run on what TEST_DATABASE_URL names, else on SQLite. */
const needsPostgres = (file: string): boolean => /postgres|servers|introspect/.test(file)
const needsMysql = (file: string): boolean => /mysql|mariadb|servers|introspect/.test(file)
const needsNone = (file: string): boolean => !needsPostgres(file) && !needsMysql(file)
/** What every database must do alike. */
const touchesData = (file: string): boolean =>
  needsNone(file) &&
  !/sqlite/.test(file) &&
  /\/test\/(api|auth|client|conduit|data|security|shop|migrate\/(follow|move|run))[/.-]/.test(file)

const results: { readonly title: string; readonly ok: boolean; readonly seconds: number }[] = []
type Environment = Readonly<Record<string, string>>

async function run(title: string, command: string, args: readonly string[], environment: Environment = {}): Promise<void> {
  const started = performance.now()
  process.stdout.write(`\n== ${title}\n`)
  const child = spawn(command, args, { cwd: top, stdio: 'inherit', env: { ...process.env, NODE_ENV: undefined, ...environment } })
  const ok = await new Promise<boolean>((done) => {
    child.once('error', () => done(false))
    child.once('exit', (code) => done(code === 0))
  })
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(ok ? `${title}: ok, ${seconds.toFixed(1)} s\n` : `\n${title}: FAILED after ${seconds.toFixed(1)} s\n`)
  results.push({ title, ok, seconds })
}

/** Kept quiet where all is well: failures in full, what was skipped with its reason, and the summary. */
async function tests(title: string, node: string, files: readonly string[], environment?: Environment): Promise<void> {
  if (files.length === 0) return
  await run(
    `${title} (${files.length} files)`,
    node,
    [
      '--conditions=@offstage/source',
      '--disable-warning=ExperimentalWarning',
      '--test',
      '--test-concurrency=2',
      `--test-reporter=${join(top, 'tools/reporter.ts')}`,
      '--test-reporter-destination=stdout',
      ...files,
    ],
    environment,
  )
}

const tool = (name: string, args: readonly string[] = [], environment?: Environment): Promise<void> =>
  run(
    [name, ...args].join(' '),
    process.execPath,
    ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning', `tools/${name}.ts`, ...args],
    environment,
  )

function skipped(what: string, why: string): void {
  process.stdout.write(`\n${what} SKIPPED: ${why}\n`)
  // On a machine that is there to test everything, nothing may be left out.
  if (process.env['CI'] === 'true') results.push({ title: `${what} (skipped)`, ok: false, seconds: 0 })
}

const versionOf = (node: string): string => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()

const servers: TestServer[] = []

async function server(what: string, start: () => Promise<TestServer>): Promise<TestServer | undefined> {
  try {
    const one = await start()
    servers.push(one)
    return one
  } catch (error) {
    skipped(`The tests on ${what} are`, (error as Error).message)
    return undefined
  }
}

async function stopServers(): Promise<void> {
  for (const one of servers.splice(0)) await one.stop()
}

async function onDatabases(): Promise<void> {
  const node = process.execPath
  const postgres = named.some((file) => needsPostgres(file) || words.length === 0) ? await server('PostgreSQL', postgresServer) : undefined
  const mysql = named.some((file) => needsMysql(file) || words.length === 0) ? await server('MariaDB or MySQL', mysqlServer) : undefined
  const environment = {
    ...(postgres && { TEST_POSTGRES_URL: postgres.url }),
    ...(mysql && { TEST_MYSQL_URL: mysql.url }),
  }
  const runnable = (file: string): boolean =>
    !needsNone(file) && (postgres !== undefined || !needsPostgres(file)) && (mysql !== undefined || !needsMysql(file))
  await tests('tests of servers', node, named.filter(runnable), environment)
  if (words.length > 0) return
  const shared = named.filter(touchesData)
  if (postgres) await tests(`tests on PostgreSQL (${postgres.from})`, node, shared, { TEST_DATABASE_URL: postgres.url })
  if (mysql) await tests(`tests on MariaDB or MySQL (${mysql.from})`, node, shared, { TEST_DATABASE_URL: mysql.url })
}

async function all(): Promise<void> {
  await run('types', process.execPath, [join(top, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'])
  await tests(`tests on Node ${versionOf(process.execPath)}`, process.execPath, named.filter(needsNone))
  const other = join(top, 'tools/node26/node_modules/.bin/node')
  if (words.length > 0) process.stdout.write('\nOnly the files named, only on this Node.\n')
  else if (existsSync(other)) await tests(`tests on Node ${versionOf(other)}`, other, named.filter(needsNone))
  else skipped('The tests on Node 26 are', 'it is not installed for this platform (optional dependency of tools/node26)')
  await onDatabases()
  if (words.length === 0) {
    await tool('type-cost')
    await tool('drill', ['differential', 'kill', '--quick'])
    await tool('fuzz', ['--quick'])
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stopServers().finally(() => process.exit(1)))
try {
  await all()
} finally {
  await stopServers()
}
process.stdout.write('\n')
for (const { title, ok, seconds } of results)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(7)} s  ${title}\n`)
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
