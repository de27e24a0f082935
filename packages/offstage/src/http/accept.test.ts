import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefersPage } from './accept.ts'

test('browsers that show an address get a page, everyone else JSON', () => {
  for (const accept of [
    'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    'TEXT/HTML ; Q=0.5 , application/json;q=0.4',
    'text/*',
    '*/*;q=0.1, text/html;q=0.2',
    'text/html;level=1',
    'application/json;q=0, text/*;q=0.001',
  ])
    assert.equal(prefersPage(accept), true, accept)
  for (const accept of [
    undefined,
    '',
    '*/*',
    'application/json',
    'application/problem+json',
    'application/json, text/plain, */*',
    'application/json, text/html;q=0.9',
    'text/html, application/json',
    'text/html, */*',
    'text/html;q=0.5, application/*',
    'text/html;q=0, */*;q=0.1',
    'text/html;q=0',
    'text/html;q=2',
    'text/html;q=-1',
    'text/html;q=x',
    'text/htmlx',
    'text',
    'text/html/x',
    '/',
    ',,;;,',
    'image/avif,image/webp,*/*;q=0.8',
    'text/event-stream',
  ])
    assert.equal(prefersPage(accept), false, accept)
})

test('a long header is read in time that grows with it', () => {
  assert.equal(prefersPage(`${'text/x;q=0.1,'.repeat(1_200)}text/html`), true)
  assert.equal(prefersPage(`text/html;${' '.repeat(16_000)}q=1`), true)
})
