import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pagePolicy } from './policy.ts'

/** As browsers read the header: the first of two equal directives counts. */
function parse(header: string): Record<string, string[]> {
  const read: Record<string, string[]> = {}
  for (const part of header.split(';')) {
    const [name = '', ...sources] = part.trim().split(/ +/)
    read[name] ??= sources
  }
  return read
}
const byDefault = parse(pagePolicy())

test('pages load what is from here, nothing inline, and nobody frames them', () => {
  assert.deepEqual(byDefault, {
    'default-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  })
})

test('a directive that is widened keeps what it had, and the others are as they were', () => {
  const stripe = 'https://js.stripe.com'
  const wide = parse(
    pagePolicy({ 'script-src': [stripe], 'frame-src': [stripe, 'https://hooks.stripe.com'], 'img-src': ['https://cdn.example'] }),
  )
  assert.deepEqual(wide, {
    ...byDefault,
    'img-src': ["'self'", 'data:', 'blob:', 'https://cdn.example'],
    'script-src': ["'self'", stripe],
    'frame-src': ["'self'", stripe, 'https://hooks.stripe.com'],
  })
  assert.deepEqual(parse(pagePolicy({})), byDefault)
})

test('a directive begins with what held without it, so none shuts out what another lets in', () => {
  const of = (more: Record<string, string[]>, name: string): string[] => parse(pagePolicy(more))[name]!
  assert.deepEqual(of({ 'default-src': ['a.example'], 'font-src': ['b.example'] }, 'font-src'), ["'self'", 'a.example', 'b.example'])
  assert.deepEqual(of({ 'script-src': ['a.example'], 'script-src-elem': ['b.example'] }, 'script-src-elem'), [
    "'self'",
    'a.example',
    'b.example',
  ])
  assert.deepEqual(of({ 'script-src': ['a.example'], 'worker-src': ['blob:'] }, 'worker-src'), ["'self'", 'a.example', 'blob:'])
  assert.deepEqual(of({ 'script-src': ['a.example'], 'child-src': ['b.example'], 'worker-src': ['blob:'] }, 'worker-src'), [
    "'self'",
    'b.example',
    'blob:',
  ])
  assert.deepEqual(of({ 'script-src': ['a.example'], 'frame-src': ['b.example'] }, 'frame-src'), ["'self'", 'b.example'])
  assert.deepEqual(of({ 'script-src': ["'self'", 'a.example'] }, 'script-src'), ["'self'", 'a.example'])
})

test('what was closed opens for the sources named, and no further', () => {
  const wide = parse(pagePolicy({ 'object-src': ['https://a.example'], 'frame-ancestors': ["'self'"], 'base-uri': [] }))
  assert.deepEqual([wide['object-src'], wide['frame-ancestors'], wide['base-uri']], [['https://a.example'], ["'self'"], ["'none'"]])
})
