import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
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
  const help = place.run('--help').out
  for (const [, command] of readme.matchAll(/^offstage ([a-z]+) /gm)) assert.match(help, new RegExp(`^ {2}${command} `, 'm'))
})
