import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLog } from './log.ts'

test('a line stays short, whatever a caller has brought into the message of an error', () => {
  const lines: string[] = []
  const log = openLog({ write: (line) => lines.push(line) })
  const long = `${'x'.repeat(7_999)}\u{1f600}${'y'.repeat(1_000_000)}`
  for (const err of [
    new Error(long),
    new Error('outer', { cause: new Error(long) }),
    Object.assign(new Error('a'), { detail: long }),
    long,
  ])
    log.error({ err }, 'request failed')
  for (const line of lines) {
    assert.ok(line.length < 30_000, `${line.length}`)
    assert.match(line, /x{7000,}.*… \(10\d+ characters\)/)
    assert.ok(JSON.parse(line).time && line.isWellFormed())
  }
  log.error({ err: Object.assign(new Error('as it is'), { code: 7, errors: [{ path: 'a' }] }) }, 'request failed')
  const { err } = JSON.parse(lines.at(-1)!)
  assert.deepEqual([err.type, err.message, err.code, err.errors], ['Error', 'as it is', 7, [{ path: 'a' }]])
})
