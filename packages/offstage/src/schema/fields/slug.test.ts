import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slugKind, slugOf } from './slug.ts'

test('a slug is the words of a text, in small letters and ASCII where there is one', () => {
  for (const [text, slug] of [
    ['How to train your dragon', 'how-to-train-your-dragon'],
    ['  -- Crème Brûlée:  50 % off!! ', 'creme-brulee-50-off'],
    ['Straße, STRAẞE & Ærø', 'strasse-strasse-aero'],
    ['Łódź på Đồng — œuvre', 'lodz-pa-dong-oeuvre'],
    ['İstanbul ılık', 'istanbul-ilik'],
    ['你好，世界', '你好-世界'],
    ['Привет, й мир', 'привет-й-мир'],
    ['हिन्दी में', 'हिन्दी-में'],
    ['が한국어', 'が한국어'],
    ['ＦＵＬＬ ½ ② ﬁ', 'full-1-2-2-fi'],
    ['emoji 👍🏽 1️⃣', 'emoji-1'],
    ["don't", 'don-t'],
    ['!!!', ''],
    ['', ''],
    ['\ud800 \u0301', ''],
  ] as const)
    assert.equal(slugOf(text), slug, JSON.stringify(text))
})

test('what is made is a slug, whatever the text', () => {
  let text = ''
  for (let point = 1; point < 0x1_1000; point++) text += point % 7 === 0 ? ' ' : String.fromCodePoint(point)
  for (let at = 0; at < text.length; at += 50) {
    const slug = slugOf(text.slice(at, at + 50), 40)
    if (slug === '') continue
    assert.equal(slugKind.read(slug, { max: 40 }), slug)
    assert.equal(slugOf(slug, 40), slug)
  }
})

test('a slug is cut at the end of a word, and inside of one only where it must', () => {
  assert.equal(slugOf('one two three', 13), 'one-two-three')
  assert.equal(slugOf('one two three', 12), 'one-two')
  assert.equal(slugOf('one two three', 7), 'one-two')
  assert.equal(slugOf('one two three', 8), 'one-two')
  assert.equal(slugOf('x'.repeat(100), 16), 'x'.repeat(16))
  assert.equal([...slugOf('𝔘𠮷'.repeat(100), 16)].length, 16)
})

test('of a text of thousands of marks no more than the beginning is put in order', (t) => {
  const normalise = t.mock.method(String.prototype, 'normalize')
  slugOf(`a${'\u0301\u0316'.repeat(30_000)}`)
  const lengths = normalise.mock.calls.map((call) => String(call.this).length)
  assert.ok(lengths.length > 0 && lengths.every((length) => length <= 1_000), lengths.join())
})

test('a slug that is given is checked', () => {
  for (const good of ['a', '2026', 'my-first-post', 'caf\u00e9', '你好', 'हिन्दी']) assert.equal(slugKind.read(good, { max: 80 }), good)
  for (const [bad, code] of [
    ['', 'required'],
    ['A', 'no_match'],
    ['a b', 'no_match'],
    ['a--b', 'no_match'],
    ['-a', 'no_match'],
    ['a-', 'no_match'],
    ['a/b', 'no_match'],
    ['a_b', 'no_match'],
    ['../x', 'no_match'],
    ['\u0301', 'no_match'],
    // What looks the same is the same.
    ['cafe\u0301', 'no_match'],
    ['ﬁn', 'no_match'],
    ['x'.repeat(81), 'too_long'],
    [1, 'wrong_type'],
  ] as const)
    assert.throws(() => slugKind.read(bad, { max: 80 }), { code }, JSON.stringify(bad))
})
