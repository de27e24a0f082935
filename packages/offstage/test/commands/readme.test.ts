import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import type { Command } from 'commander'
import { program } from '../../src/commands/program.ts'
import { workplace } from './offstage.ts'

const repository = resolve(import.meta.dirname, '../../../..')
const readme = readFileSync(resolve(repository, 'README.md'), 'utf8')
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)![1]!

test('the app in the README is examples/notes/app.ts', () => {
  assert.equal(block('ts'), readFileSync(resolve(repository, 'examples/notes/app.ts'), 'utf8'))
})

test(
  'the README walk through the notes app works as it is written',
  { skip: spawnSync('curl', ['--version']).error && 'curl is not installed' },
  async () => {
    using place = workplace('notes')
    const dev = place.start({}, 'dev', '.')
    const [, port] = await dev.until(/API +http:\/\/localhost:(\d+)\/api/)
    // Only the port differs from what a reader types. Each command prints a mark, to tell the answers apart.
    const lines = block('sh').replaceAll('localhost:4000', `127.0.0.1:${port}`).split('\n')
    const script = lines.map((line) => (/^(api|ada) /.test(line) ? `${line}; echo ----` : line)).join('\n')
    const ran = spawnSync('bash', ['-c', script], { cwd: place.folder, encoding: 'utf8', timeout: 60_000 })
    const answers = ran.stdout.split('----\n')
    let answer = -1
    let checked = 0
    for (const line of lines) {
      if (/^(api|ada) /.test(line)) answer++
      if (!line.startsWith('# => ')) continue
      checked++
      let at = 0
      for (const piece of line
        .slice(5)
        .split('…')
        .map((part) => part.trim())) {
        const found = answers[answer]!.indexOf(piece, at)
        assert.notEqual(
          found,
          -1,
          `after "${lines[lines.indexOf(line) - 1]}" the README promises ${piece}, but the answer was: ${answers[answer]} ${ran.stderr}`,
        )
        at = found + piece.length
      }
    }
    assert.equal(checked, answers.length - 1, 'every command of the walk says what comes back')
    assert.equal(await dev.stop(), 0)
  },
)

test('the README names only files and commands that are there', async () => {
  for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g))
    assert.ok(existsSync(resolve(repository, target!)), `README links to ${target}`)
  using place = workplace()
  const help = (await place.run('--help')).out
  for (const [, command] of readme.matchAll(/^offstage ([a-z]+) /gm)) assert.match(help, new RegExp(`^ {2}${command} `, 'm'))
})

/** What is written after `offstage ` in backticks, blocks and hints: a command, then words. */
const written = /(?:^|[`'"({\s])offstage ((?:[a-z]+)(?: [^`'"\n]*)?)/gm

test('every command and option that the docs and the hints of errors name is there', async () => {
  const files = globSync(['docs/*.md', 'README.md', 'examples/*/README.md', 'packages/offstage/src/**/*.ts'], {
    cwd: repository,
    exclude: (name) => name.endsWith('.test.ts'),
  })
  const wrong: string[] = []
  let seen = 0
  for (const file of files) {
    // Of sources only the texts, which say what to write; prose about Offstage begins with a capital.
    for (const [, line] of readFileSync(resolve(repository, file), 'utf8').matchAll(written)) {
      const words = line!.split(/[\s),.;:]+/)
      // The name of a lock, and a word of a comment.
      if (['tables', 'runs'].includes(words[0]!)) continue
      let command: Command | undefined = program()
      for (let at = 0; command && command.commands.length > 0 && words[at] && !words[at]!.startsWith('$'); at++)
        command = command.commands.find((one) => one.name() === words[at])
      const flags = [...line!.split(/ {3,}|;|, or /)[0]!.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)].map(([flag]) => flag)
      const unknown = command && flags.filter((flag) => !command.options.some(({ long, short }) => long === flag || short === flag))
      if (!command || unknown!.length > 0) wrong.push(`${file}: offstage ${line}`)
      seen++
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(seen > 60, `${seen} were looked at`)
})
