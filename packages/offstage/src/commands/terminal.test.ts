// What callers send and rows hold gets into messages, and from there onto the terminal of whoever runs a command: there it must stay text.

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { OffstageError } from '../base/errors.ts'
import { developmentLog } from './dev-log.ts'
import { pretty } from './pretty.ts'
import { out, warn, writingTo } from './terminal.ts'

/** Clears the screen, sets the title, the same in one byte, rings, goes back over the line, and turns the direction of reading. */
const evil = 'a\u001b[2J\u001b]0;title\u0007\u009b31m\b\r\u202eb'
const harmless = 'a\\u001b[2J\\u001b]0;title\\u0007\\u009b31m\\u0008\\u000d\\u202eb'

/** But for lines and colours. */
const isText = (text: string): boolean => !/\p{Cc}|\u202e/u.test(text.replaceAll('\n', '').replace(/\p{Cc}\[[\d;]*m/gu, ''))

function written(isTTY: boolean, run: () => void): string {
  const texts: string[] = []
  const stream = Object.assign(new Writable({ write: (chunk, _encoding, done) => (texts.push(String(chunk)), done()) }), { isTTY })
  writingTo({ stdout: stream, stderr: stream }, run)
  return texts.join('')
}

test('what is written to a person holds no sign that would move the cursor, hide text or ring; colours and lines stay', () => {
  assert.equal(
    written(true, () => out(`${evil}\n\t\u001b[1;31mred\u001b[39m\r\n\u0007[31m`)),
    `${harmless}\n\t\u001b[1;31mred\u001b[39m\r\n\\u0007[31m\n`,
  )
  assert.equal(
    written(false, () => warn(evil)),
    `${harmless}\n`,
  )
})

test('what a program reads is as it is', () => {
  assert.equal(
    written(false, () => out(evil)),
    `${evil}\n`,
  )
})

test('errors and the log of dev show it as text, whichever part of them it got into', () => {
  const error = new OffstageError('conflict', {
    detail: evil,
    hint: evil,
    errors: [{ path: evil, code: 'x', message: evil }],
    cause: new Error(evil),
  })
  for (const one of [error, new Error(evil), evil]) {
    const text = written(false, () => warn(pretty(one, '/')))
    assert.ok(text.includes(harmless) && isText(text), text)
  }
  const log = written(false, () => {
    const write = developmentLog([])
    write(JSON.stringify({ level: 'info', method: 'GET', path: evil, status: 200, ms: 1 }))
    write(JSON.stringify({ level: 'error', msg: evil, other: evil, err: { message: evil, stack: evil } }))
    write(JSON.stringify({ level: 'error', msg: evil, err: { message: evil, place: 'a.ts:1' } }))
    write(`no JSON ${evil}`)
  })
  assert.ok(log.includes(harmless) && isText(log), log)
})
