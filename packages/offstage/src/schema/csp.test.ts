import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declareApp } from './app.ts'
import { check } from './check.ts'
import { cspProblems } from './csp.ts'
import { resolve } from './resolve.ts'

const hints = (csp: unknown): string[] => cspProblems(csp).map(({ hint }) => hint)

test('hosts, schemes, hashes and the words of the policy are sources', () => {
  for (const source of [
    'https://js.stripe.com',
    'https://*.stripe.com:443/v3/',
    'wss://live.example',
    '*.example.com',
    'localhost:5173',
    '127.0.0.1:*',
    'blob:',
    'data:',
    'https:',
    "'self'",
    "'report-sample'",
    "'wasm-unsafe-eval'",
    "'unsafe-inline'",
    "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
    '*',
  ])
    assert.deepEqual(hints({ 'style-src': [source] }), [], source)
})

test('what would end the directive or the header, or mean nothing, is no source', () => {
  for (const source of [
    'https://a.example; script-src *',
    'https://a.example, default-src *',
    'https://a.example\r\nset-cookie: a=b',
    'https://a.example\n',
    'https://a.example https://b.example',
    'https://a.example/a;b',
    'https://a.example/?q=1',
    'https://a.example/#x',
    'https://ümlaut.example',
    'https://',
    '//a.example',
    'javascript:',
    'javascript:alert(1)',
    'https://user@a.example',
    'https://a..example',
    "'unsafe-everything'",
    "'sha256-'",
    '',
    ' ',
    '\0',
    '"self"',
  ])
    assert.equal(hints({ 'script-src': [source] }).length, 1, JSON.stringify(source))
})

test('what is misspelt is told with what to write', () => {
  assert.match(hints({ 'script-scr': [] })[0]!, /'script-src'/)
  assert.match(hints({ scriptSrc: [] })[0]!, /'script-src'/)
  assert.match(hints({ sandbox: [] })[0]!, /These are: default-src/)
  assert.match(hints({ constructor: [] })[0]!, /These are/)
  assert.match(hints({ 'script-src': ['self'] })[0]!, /"'self'"/)
  assert.match(hints({ 'script-src': ["'unsafe-inlin'"] })[0]!, /'unsafe-inline'/)
  assert.match(hints({ 'script-src': ["'none'"] })[0]!, /only adds/)
  assert.match(hints({ 'script-src': ["'nonce-abc'"] })[0]!, /hash/)
  assert.match(hints({ 'script-src': ["'strict-dynamic'"] })[0]!, /Name the hosts/)
  assert.match(hints({ 'script-src': 'https://js.stripe.com' })[0]!, /\['https:/)
  assert.match(hints({ 'script-src': [1] })[0]!, /\['https:/)
  for (const csp of [[], 'x', null, 5]) assert.match(hints(csp)[0]!, /csp: \{/)
})

test('a wrong source is an error of the app, and scripts of everybody a warning', () => {
  const levels = (csp: unknown): string[][] => {
    const app = declareApp({ models: {}, static: { folder: 'web', csp } } as never)
    return check(app, resolve(app)).map(({ id, level }) => [id, level])
  }
  assert.deepEqual(levels(undefined), [])
  assert.deepEqual(levels({ 'script-src': ['https://js.stripe.com'] }), [])
  assert.deepEqual(levels({ 'script-src': ['self', 'a b'] }), [
    ['O092', 'error'],
    ['O092', 'error'],
  ])
  for (const all of [
    "'unsafe-inline'",
    "'unsafe-eval'",
    '*',
    'https:',
    'data:',
    'https://*',
    'http://*:*',
    '*:443',
    'HTTPS://*:*/js/',
    'blob:',
    'filesystem:',
  ])
    assert.deepEqual(levels({ 'script-src': [all] }), [['O093', 'warning']], all)
  assert.deepEqual(levels({ 'default-src': ['*'] }), [['O093', 'warning']])
  assert.deepEqual(levels({ 'style-src': ["'unsafe-inline'"], 'img-src': ['*', 'https:'] }), [])
})
