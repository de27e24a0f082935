import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext, runInThisContext } from 'node:vm'
import { copyJson, nameOfType } from './json.ts'
import { isBytes, isDate, isError, isPlain, isResponse, isStream } from './realms.ts'

/** The value as this realm makes it, and as another one does. */
const both = (code: string): unknown[] => [runInNewContext(code), runInThisContext(code)]

const all = { isPlain, isDate, isError, isBytes }
const table: Record<string, keyof typeof all | undefined> = {
  '({})': 'isPlain',
  '({ a: { b: [1] } })': 'isPlain',
  'Object.create(null)': 'isPlain',
  'JSON.parse(\'{"hasOwnProperty":1}\')': 'isPlain',
  '[]': undefined,
  null: undefined,
  '"text"': undefined,
  '(() => {})': undefined,
  'new (class { a = 1 })()': undefined,
  'new (class extends null { constructor() { return Object.create(new.target.prototype) } })()': undefined,
  'Object.create({ a: 1 })': undefined,
  'new Map()': undefined,
  'new Date(0)': 'isDate',
  'new (class extends Date {})()': 'isDate',
  '({ [Symbol.toStringTag]: "Date" })': 'isPlain',
  'new Error("x")': 'isError',
  'new TypeError("x")': 'isError',
  'new AggregateError([])': 'isError',
  'new Uint8Array(2)': 'isBytes',
  'new Uint16Array(2)': undefined,
  'new ArrayBuffer(2)': undefined,
}

test('what a value is does not hang on the realm that made it', () => {
  for (const [code, is] of Object.entries(table)) {
    for (const value of both(code)) {
      for (const [name, check] of Object.entries(all)) assert.equal(check(value), name === is, `${name}(${code})`)
    }
  }
  for (const value of both('({ a: [{ b: null }] })')) assert.deepEqual(copyJson(value, 8), { a: [{ b: null }] })
  for (const value of both('new Date(0)')) assert.equal(nameOfType(value), 'a Date')
})

test('answers and streams are known by their tags', () => {
  assert.ok(isResponse(new Response()))
  assert.ok(isResponse({ [Symbol.toStringTag]: 'Response' }))
  assert.ok(isStream(new Response('x').body))
  for (const value of [{}, null, undefined, 'Response', []]) assert.ok(!isResponse(value) && !isStream(value))
})
