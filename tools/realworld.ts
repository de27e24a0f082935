// Runs the suite that the RealWorld project publishes (hurl files, not part of this repository) against `examples/conduit`.
//   npm run realworld -- --suite <folder with *.hurl>     on SQLite; --database=<url> on that PostgreSQL, MySQL or MariaDB,
//                                                         --all on SQLite, PostgreSQL and MariaDB (or MySQL) in turn
//     --hurl <binary>     default: `hurl` of the PATH
//     --no-validate       does not hold the answers against the app's own /openapi.json
// Each file is one test. Fails if one fails, or if an answer is not as documented.

import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hurlVersion, runSuite, type SuiteResult } from './realworld/suite.ts'
import { mysqlServer, postgresServer, type TestServer } from './servers.ts'

function stop(what: string): never {
  process.stderr.write(`${what}\n`)
  process.exit(2)
}

const { values: given } = parseArgs({
  options: {
    suite: { type: 'string' },
    hurl: { type: 'string', default: 'hurl' },
    database: { type: 'string' },
    all: { type: 'boolean', default: false },
    validate: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const { suite, hurl, validate } = given
if (suite === undefined || !existsSync(suite))
  stop(
    `${suite === undefined ? '--suite is missing' : `There is no folder ${suite}`}: give the folder with the *.hurl files, from specs/api/hurl of https://github.com/realworld-apps/realworld`,
  )
const files = globSync('*.hurl', { cwd: suite }).toSorted()
if (files.length === 0)
  stop(`There is no *.hurl in ${suite}: the suite is in specs/api/hurl of https://github.com/realworld-apps/realworld`)
const version = hurlVersion(hurl)
if (version === undefined) stop(`There is no '${hurl}' here: install Hurl (https://hurl.dev), or name the binary with --hurl <file>.`)

const existing = (url: string): Promise<TestServer> => Promise.resolve({ url, from: url.split(':')[0]!, stop: async () => {} })
const targets: (readonly [name: string, start: (() => Promise<TestServer>) | undefined])[] =
  given.database !== undefined
    ? [[given.database.split(':')[0]!, () => existing(given.database!)]]
    : [
        ['SQLite', undefined],
        ...(given.all
          ? ([
              ['PostgreSQL', postgresServer],
              ['MariaDB or MySQL', mysqlServer],
            ] as const)
          : []),
      ]

process.stdout.write(`${files.length} files of ${suite}, ${version}\n`)
let server: TestServer | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void Promise.resolve(server?.stop()).finally(() => process.exit(1)))
let ok = true
for (const [name, start] of targets) {
  process.stdout.write(`\n== ${name}\n`)
  server = await start?.()
  try {
    const result = await runSuite({ hurl, files: files.map((file) => join(suite, file)), server: server?.url, validate })
    report(result)
    ok &&= result.failed.length === 0 && result.violations.length === 0
  } finally {
    await server?.stop()
  }
}
process.exitCode = ok ? 0 : 1

function report({ counts, failed, output, seen, violations }: SuiteResult): void {
  if (failed.length > 0) process.stdout.write(`${output.trimEnd()}\n\n`)
  if (validate) for (const [answer, times] of [...seen].toSorted()) process.stdout.write(`  ${String(times).padStart(4)} x ${answer}\n`)
  const answers = [...seen.values()].reduce((sum, times) => sum + times, 0)
  for (const violation of violations) process.stdout.write(`  NOT AS DOCUMENTED ${violation}\n`)
  for (const file of failed) process.stdout.write(`  FAILED ${file}\n`)
  const parts = (['files', 'requests', 'asserts'] as const).map((what) => `${counts[what].passed} of ${counts[what].all} ${what} passed`)
  const held = validate
    ? `${answers} answers held against /openapi.json, ${violations.length} not as documented`
    : `${answers} answers, not held against /openapi.json`
  process.stdout.write(`${parts.join(', ')}; ${held}\n`)
}
