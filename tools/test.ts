// `npm test`: the types and what they cost, every test on Node 24, those that depend on the Node on Node 26 too, those that touch data once
// more on PostgreSQL and on MariaDB (or MySQL), and short runs of the drill (kill -9, stores against the evaluator) and the fuzz.
// `npm test -- query auth` runs the files whose path holds one of the words, on the repository's own Node only; with TEST_DATABASE_URL on
// that database. `--everywhere` runs all files on Node 26, `--without=types,type-cost` leaves parts out (both for `npm run check`).

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mysqlServer, postgresServer, type TestServer } from './servers.ts'
import { killAll, marksItself, runAll, type Command, type Environment, type Group, type Result } from './tests/lanes.ts'
import { typesOfAll } from './types.ts'

const top = resolve(import.meta.dirname, '..')
const started = performance.now()
const given = process.argv.slice(2)
const words = given.filter((word) => !word.startsWith('--'))
const without = new Set(given.flatMap((word) => (word.startsWith('--without=') ? word.slice('--without='.length).split(',') : [])))
const everywhere = given.includes('--everywhere')
const found = globSync('packages/*/{src,test}/**/*.test.ts', { cwd: top }).toSorted()
const named = words.length === 0 ? found : found.filter((file) => words.some((word) => file.includes(word)))
if (named.length === 0) {
  process.stderr.write(`No test file has ${words.join(' or ')} in its path.\n`)
  process.exit(1)
}
const whole = words.length === 0

// What V8 compiled, and the types stripped, is kept for the next process; some 400 are started.
process.env['NODE_COMPILE_CACHE'] ??= join(top, '.cache/compile')

/** Those that need a server say so in their names; the others run on what TEST_DATABASE_URL names, else on SQLite. */
const needsPostgres = (file: string): boolean => /postgres|servers|introspect/.test(file)
const needsMysql = (file: string): boolean => /mysql|mariadb|servers|introspect/.test(file)
const needsNone = (file: string): boolean => !needsPostgres(file) && !needsMysql(file)
/** What every database must do alike. */
const touchesData = (file: string): boolean =>
  needsNone(file) &&
  !/sqlite/.test(file) &&
  /\/test\/(api|auth|client|conduit|data|security|shop|migrate\/(follow|move|run))[/.-]/.test(file)
/** What stands on Node's own modules: its HTTP, SQLite, crypto, streams, processes and loader. The rest is the same JavaScript. */
const touchesNode = (file: string): boolean =>
  /\/test\/(api|auth|client|commands|security|shop|store)\/|\/src\/(app|auth|base|http|store)\/|\/test\/migrate\/(run|move)/.test(file)

const skipped: string[] = []
const servers: Promise<TestServer>[] = []

/** Started when it is first needed. Undefined, and said, where there is none. */
function server(what: string, start: () => Promise<TestServer>): () => Promise<TestServer | undefined> {
  let one: Promise<TestServer | undefined> | undefined
  return () => {
    if (one !== undefined) return one
    const starting = start()
    servers.push(starting)
    one = starting.catch((error: Error) => {
      skipped.push(`the tests on ${what}: ${error.message}`)
      return undefined
    })
    return one
  }
}

async function stopServers(): Promise<void> {
  for (const result of await Promise.allSettled(servers.splice(0))) if (result.status === 'fulfilled') await result.value.stop()
}

const postgres = server('PostgreSQL', postgresServer)
const mysql = server('MariaDB or MySQL', mysqlServer)
const alone = new Set(named.filter((file) => marksItself(readFileSync(join(top, file), 'utf8'))))
const versionOf = (node: string): string => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()

const group = (title: string, files: readonly string[], more: Partial<Group> = {}): Group => ({
  title,
  node: process.execPath,
  environment: async () => ({}),
  files: files.map((file) => join(top, file)),
  alone: new Set([...alone].map((file) => join(top, file))),
  ...more,
})

const on = (name: string, start: () => Promise<TestServer | undefined>) => async (): Promise<Environment | undefined> => {
  const one = await start()
  return one && { [name]: one.url }
}

/** Files about servers, each when those it needs are there. */
function onServers(): Group[] {
  const needs = (file: string): string => `${needsPostgres(file) ? 'P' : ''}${needsMysql(file) ? 'M' : ''}`
  const both = async (): Promise<Environment | undefined> => {
    const [first, second] = [await postgres(), await mysql()]
    return first && second && { TEST_POSTGRES_URL: first.url, TEST_MYSQL_URL: second.url }
  }
  const environments = { P: on('TEST_POSTGRES_URL', postgres), M: on('TEST_MYSQL_URL', mysql), PM: both }
  return Object.entries(environments).map(([letters, environment]) =>
    group(
      'servers',
      named.filter((file) => needs(file) === letters),
      { environment },
    ),
  )
}

function onNode26(): Group[] {
  const node = join(top, 'tools/node26/node_modules/.bin/node')
  if (existsSync(node))
    return [
      group(`Node ${versionOf(node)}`, named.filter(everywhere ? needsNone : (file) => needsNone(file) && touchesNode(file)), { node }),
    ]
  skipped.push('the tests on Node 26: it is not installed for this platform (optional dependency of tools/node26)')
  return []
}

const tool = (name: string, ...args: string[]): Command => ({
  title: [name, ...args].join(' '),
  command: process.execPath,
  args: ['--conditions=@offstage/source', '--disable-warning=ExperimentalWarning', `tools/${name}.ts`, ...args],
})

function everything(): (Group | Command)[] {
  const shared = named.filter(touchesData)
  const parts: (Group | Command)[] = [
    { title: 'types', ...typesOfAll },
    tool('type-cost'),
    ...onServers(),
    group('PostgreSQL', shared, { environment: on('TEST_DATABASE_URL', postgres) }),
    group('MariaDB or MySQL', shared, { environment: on('TEST_DATABASE_URL', mysql) }),
    tool('drill', 'differential', 'kill', '--quick'),
    tool('fuzz', '--quick'),
    group(`Node ${versionOf(process.execPath)}`, named.filter(needsNone)),
    ...onNode26(),
  ]
  return parts.filter(({ title }) => !without.has(title))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    killAll()
    void stopServers().finally(() => process.exit(1))
  })
}
let results: Result[]
try {
  results = await runAll(whole ? everything() : [group(`Node ${versionOf(process.execPath)}`, named.filter(needsNone)), ...onServers()])
} finally {
  await stopServers()
}

const untried = results.flatMap(({ title, skipped: lines }) => lines.map((line) => `  ${line} (${title})\n`))
if (untried.length > 0) process.stdout.write(`\nSkipped, and why:\n${untried.join('')}`)
process.stdout.write('\n')
for (const { title, ok, seconds, passed } of results)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(7)} s ${String(passed).padStart(6)} passed  ${title}\n`)
// On a machine that is there to test everything, nothing may be left out.
const strict = process.env['CI'] === 'true' && whole
for (const line of skipped) process.stdout.write(`${strict ? 'FAILED ' : ''}SKIPPED ${line}\n`)
const sum = (of: (result: (typeof results)[number]) => number): number => results.reduce((total, result) => total + of(result), 0)
const failed = sum((result) => result.failed) + (strict ? skipped.length : 0)
process.stdout.write(`\n${sum((result) => result.passed)} passed, ${failed} failed, ${untried.length} skipped\n`)
process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s. `)
const leftOut = [...without, ...(everywhere ? [] : ['tests on Node 26 of what does not touch Node', 'lint and format'])]
process.stdout.write(
  whole
    ? `Left out: ${leftOut.join(', ')} (npm run check).\n`
    : 'Left out: types, Node 26, other databases, type cost, drill, fuzz (npm test).\n',
)
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0
