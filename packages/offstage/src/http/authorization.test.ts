import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { tokenOf } from './authorization.ts'

test('a token stands after its scheme, in any case, and spaces', () => {
  for (const header of ['Token abc', 'token abc', 'TOKEN   abc']) assert.equal(tokenOf(header, 'Token'), 'abc')
  for (const token of ['a', 'a.b-c_d~e+f/g==', '0', 'x'.repeat(8192)]) assert.equal(tokenOf(`Bearer ${token}`, 'bearer'), token)
  assert.equal(tokenOf('X-Key_1.2 a', 'x-key_1.2'), 'a')
})

test('another scheme is none of ours', () => {
  for (const header of ['', ' ', 'Basic abc', 'Tokens abc', 'Token-x abc', 'Toke abc', 'abc', ' Token abc', 'x Token abc'])
    assert.equal(tokenOf(header, 'Token'), undefined, header)
  // The signs of a scheme stand for themselves.
  assert.equal(tokenOf('Axb abc', 'A.b'), undefined)
  assert.equal(tokenOf('A.b abc', 'A.b'), 'abc')
})

test('what can be no token is empty, and never another scheme', () => {
  const odd = ['', ' ', ' a b', ' a,b', '\ta', ' \ta', ',a', '=a', ' =', ' a=b', ' "a"', ' é', ' a\u0000', ` ${'x'.repeat(8193)}`]
  for (const rest of odd) {
    assert.equal(tokenOf(`Token${rest}`, 'Token'), '', JSON.stringify(rest).slice(0, 30))
  }
})

test('no header takes long to read', () => {
  // Work that grew with the square of the length would take days.
  for (const part of ['=', ' ', 'a=', '.', '\t']) {
    const header = `Token ${part.repeat(3_000_000)}!`
    assert.equal(runInNewContext('read()', { read: () => tokenOf(header, 'Token') }, { timeout: 60_000 }), '')
  }
})
