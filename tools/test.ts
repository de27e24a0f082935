// `npm test`: the types and what they cost, every unit and behaviour test on Node 24 and again on Node 26, and short runs of the
// drill (kill -9, SQLite against the evaluator) and the fuzz.
// `npm test -- query auth` runs the files whose path holds one of the words, on the repository's own Node only.

import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join, resolve } from 'node:path'

const top = resolve(import.meta.dirname, '..')
const words = process.argv.slice(2)
const found = globSync('packages/*/{src,test}/**/*.test.ts', { cwd: top }).toSorted()
const files = words.length === 0 ? found : found.filter((file) => words.some((word) => file.includes(word)))
if (files.length === 0) {
  process.stderr.write(`No test file has ${words.join(' or ')} in its path.\n`)
  process.exit(1)
}

function run(title: string, command: string, args: readonly string[]): boolean {
  const started = performance.now()
  process.stdout.write(`\n== ${title}\n`)
  const { status } = spawnSync(command, args, { cwd: top, stdio: 'inherit', env: { ...process.env, NODE_ENV: undefined } })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status !== 0) process.stdout.write(`\n${title}: FAILED after ${seconds} s\n`)
  else process.stdout.write(`${title}: ok, ${seconds} s\n`)
  return status === 0
}

/** Kept quiet where all is well: failures in full, what was skipped with its reason, and the summary. */
const tests = (node: string): boolean => {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return run(`tests on Node ${stdout.trim()} (${files.length} files)`, node, [
    '--conditions=@offstage/source',
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=2',
    `--test-reporter=${join(top, 'tools/reporter.ts')}`,
    '--test-reporter-destination=stdout',
    ...files,
  ])
}

const tool = (name: string, ...args: string[]): boolean =>
  run([name, ...args].join(' '), process.execPath, [
    '--conditions=@offstage/source',
    '--disable-warning=ExperimentalWarning',
    `tools/${name}.ts`,
    ...args,
  ])

const results = [
  run('types', process.execPath, [join(top, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']),
  tests(process.execPath),
]

const other = join(top, 'tools/node26/node_modules/.bin/node')
if (words.length > 0) process.stdout.write('\nOnly the files named, only on this Node.\n')
else if (existsSync(other)) results.push(tests(other))
else {
  process.stdout.write('\nNode 26 is not installed for this platform (optional dependency of tools/node26): its run was SKIPPED.\n')
  if (process.env['CI'] === 'true') results.push(false)
}
if (words.length === 0) results.push(tool('type-cost'), tool('drill', '--quick'), tool('fuzz', '--quick'))
process.exitCode = results.every(Boolean) ? 0 : 1
