import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLog } from './log.ts'

test('a line holds no sign that a terminal would obey or that turns text around, and says the same when it is read', () => {
  const lines: string[] = []
  const evil = 'a\n\u001b[31m\u007f\u009b31m\u202eb\u2066c'
  openLog({ write: (line) => lines.push(line) }).error({ err: new Error(evil), [evil]: evil }, evil)
  assert.doesNotMatch(lines[0]!.trimEnd(), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
  const told = JSON.parse(lines[0]!)
  assert.deepEqual([told.msg, told[evil], told.err.message], [evil, evil, evil])
})

test('a secret is hidden, whatever signs it is made of', () => {
  const lines: string[] = []
  const secret = 'odd\u202e"\u009bsecret'
  const log = openLog({ write: (line) => lines.push(line), secrets: [secret] })
  log.error({ err: new Error(`with ${secret}`) }, secret)
  log.requests.info({ path: secret }, 'request')
  for (const line of lines) assert.ok(!line.includes('secret') && line.includes('[hidden]'), line)
})

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
