// `npm pack` of offstage into a folder, after an earlier build that has left something behind.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const source = resolve(import.meta.dirname, '../packages/offstage')

/** The archive. Throws what npm printed if there is none. */
export function pack(folder: string): string {
  mkdirSync(join(source, 'dist'), { recursive: true })
  // No part of the package, and `installed` looks that it is none.
  writeFileSync(join(source, 'dist/stale.js'), '')
  const args = ['pack', '--silent', '--pack-destination', folder]
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: source, encoding: 'utf8' })
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (status !== 0 || name === undefined) throw new Error(`npm ${args.join(' ')} failed\n${stdout}${stderr}`)
  return join(folder, name)
}
