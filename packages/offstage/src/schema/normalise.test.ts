import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normaliseEmail, normaliseSearch, searchWords } from './normalise.ts'

test('emails and searches are normalised alike everywhere', () => {
  assert.equal(normaliseEmail(' Ａda@EXAMPLE.com'), 'ada@example.com')
  assert.equal(normaliseSearch('Crème BRÛLÉE ﬁn, crème'), ' creme brulee fin ')
})

test('words are runs of letters and digits, or letters where none stand apart', () => {
  assert.deepEqual(searchWords("It's 50% off: the NEW-style shoe_9!"), ['it', 's', '50', 'off', 'the', 'new', 'style', 'shoe', '9'])
  assert.deepEqual(searchWords('東京タワー2号館 ไทย 서울 시'), ['東', '京', 'タ', 'ワ', 'ー', '2', '号', '館', 'ไ', 'ท', 'ย', '서울', '시'])
  assert.deepEqual(searchWords('ΟΔΟΣ οδός'), ['οδοσ'])
  assert.deepEqual(searchWords(' \u0301 % \0 \u{1f600}'), [])
  assert.deepEqual(searchWords('𝕒'.repeat(70) + ' ' + '𐐀'.repeat(70)), ['a'.repeat(64), '𐐨'.repeat(64)])
  // What was found once is found again by its own words.
  for (const text of ['İstanbul ẞ ǅ ﬃ ½ ㍿ ª', 'ΣΑΣ Ⅷ 가각 ｶﾞｰ', '\u1100\u1161 K Å']) {
    assert.deepEqual(searchWords(searchWords(text).join(' ')), searchWords(text), text)
  }
  assert.equal(normaliseSearch(' . '), ' ')
  const long = normaliseSearch(Array.from({ length: 10_000 }, (_, i) => `word${i}`).join(' '))
  assert.ok(long.length > 31_900 && long.length <= 32_000 && long.startsWith(' word0 ') && / word\d+ $/.test(long))
})
