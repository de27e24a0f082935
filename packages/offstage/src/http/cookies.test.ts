import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCookie, writeCookie } from './cookies.ts'

test('a cookie is found by its whole name, wherever it stands', () => {
  const header = 'xoffstage=1; offstage=abc.DEF-_~; offstagex=2;offstage=later'
  assert.equal(readCookie(header, 'offstage'), 'abc.DEF-_~')
  assert.equal(readCookie(header, 'offstagex'), '2')
  assert.equal(readCookie(header, 'stage'), undefined)
  assert.equal(readCookie('', 'offstage'), undefined)
  assert.equal(readCookie(';;; ; =', 'offstage'), undefined)
})

test('a cookie that is written cannot carry another header or attribute', () => {
  assert.equal(
    writeCookie('__Host-a', 'tok-en_1', { maxAge: 60, secure: true }),
    '__Host-a=tok-en_1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
  )
  for (const value of ['a;b', 'a\r\nb', 'a b', 'a,b', '"a"']) assert.throws(() => writeCookie('a', value, { maxAge: 1, secure: false }))
})
