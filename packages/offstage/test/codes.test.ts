import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { codes } from '../src/base/codes.ts'

const root = resolve(import.meta.dirname, '..')
const docs = resolve(root, '../../docs')
const sections = (file: string): string[] =>
  [...readFileSync(join(docs, file), 'utf8').matchAll(/^## `([^`]+)`/gm)].map((match) => match[1]!)
const sources = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

test('every error code is documented in docs/errors.md, and none of the documented ones is stale', () => {
  assert.deepEqual(sections('errors.md').toSorted(), Object.keys(codes).toSorted())
})

test('the package carries docs/errors.md, which its pages at /problems show', () => {
  const copy = readFileSync(join(root, 'errors.md'), 'utf8')
  assert.equal(
    copy,
    readFileSync(join(docs, 'errors.md'), 'utf8'),
    'docs/errors.md has changed: cp docs/errors.md packages/offstage/errors.md',
  )
})

test('every error code is used', () => {
  for (const code of Object.keys(codes)) {
    const uses = sources.split(`'${code}'`).length - 1
    assert.ok(uses > 0, `nothing throws ${code}; remove it from base/codes.ts`)
  }
})

test('every check of the declaration is documented in docs/checks.md, and none of the documented ones is stale', () => {
  const ids = new Set([...sources.matchAll(/'(O\d{3})'/g)].map((match) => match[1]!))
  assert.deepEqual(sections('checks.md').toSorted(), [...ids].toSorted())
})
