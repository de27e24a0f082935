// The list of checks in docs/security.md against the tests: each check is either in the name of a test or said to be not yet applicable.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const top = resolve(import.meta.dirname, '../../../..')
const groups = { A: 12, B: 15, C: 12, F: 12, G: 9, I: 10, L: 7 }

test('every check of the groups in force has a test, or a reason in docs/security.md', () => {
  const names = globSync('packages/offstage/{src,test}/**/*.test.ts', { cwd: top }).flatMap((file) =>
    [...readFileSync(join(top, file), 'utf8').matchAll(/test\((['"`])(.*?)\1/g)].map((match) => match[2]!),
  )
  const tested = new Set(names.flatMap((name) => name.match(/\b[A-M]\d{1,2}\b/g) ?? []))
  const later = new Set(
    [...readFileSync(join(top, 'docs/security.md'), 'utf8').matchAll(/^\| ([A-M]\d{1,2}) \|/gm)].map((match) => match[1]!),
  )
  for (const [group, count] of Object.entries(groups))
    for (let i = 1; i <= count; i++) {
      const id = `${group}${i}`
      assert.ok(tested.has(id) || later.has(id), `${id} has neither a test nor a line in docs/security.md`)
      assert.ok(!(tested.has(id) && later.has(id)), `${id} has a test now; take its line out of docs/security.md`)
    }
})
