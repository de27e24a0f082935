import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotText, TextReader, decodeUtf8 } from './text.ts'

/** What a reader makes of the bytes in chunks of this size. */
function read(bytes: Buffer, size: number, encoding?: string): string {
  const reader = new TextReader('a.csv', encoding)
  let text = ''
  for (let at = 0; at < bytes.length; at += size) text += reader.read(bytes.subarray(at, at + size))
  return text + reader.end()
}

function refusal(bytes: Buffer, size: number, encoding?: string): string {
  try {
    read(bytes, size, encoding)
  } catch (error) {
    assert.ok(error instanceof NotText)
    assert.equal(error.code, 'malformed')
    return `${error.detail}${error.wide ? ' wide' : ''}`
  }
  return assert.fail('it was read')
}

test('text is the same however its bytes are cut, and where it ends is said to the byte', () => {
  const text = 'a,é\n€,😀\nz\uFFFD'
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size++) {
    assert.equal(read(bytes, size), text)
    assert.equal(read(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]), size), text, 'the mark is dropped')
    const broken = Buffer.concat([bytes, Buffer.from('\nM\xfcller\nx', 'latin1')])
    const at = bytes.length + 2
    assert.equal(refusal(broken, size), `a.csv is not UTF-8: line 4 has the byte 0xFC, at offset ${at}.`)
    for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xe2, 0x82, 0x41]]) {
      const all = Buffer.concat([bytes, Buffer.from(bad), Buffer.from(' and on')])
      assert.match(
        refusal(all, size),
        new RegExp(`line 3 has the byte 0x${bad[0]!.toString(16).toUpperCase()}, at offset ${bytes.length}\\.`),
      )
    }
    assert.match(refusal(bytes.subarray(0, 3), size), /ends in the middle of a character, in line 1/)
  }
})

test('other encodings are read where they are asked for, and UTF-16 is recognised where it is not', () => {
  const wide = Buffer.from('a,b\né,€', 'utf16le')
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), wide])
  for (let size = 1; size <= marked.length; size++) {
    assert.equal(read(wide, size, 'utf-16le'), 'a,b\né,€')
    assert.equal(read(marked, size, 'utf-16le'), 'a,b\né,€')
    assert.equal(read(Buffer.from('\x80 M\xfcller', 'latin1'), size, 'windows-1252'), '€ Müller')
    assert.match(refusal(wide, size), /(holds U\+0000 in line 1.*|is not UTF-8.*) wide$/)
    assert.match(refusal(marked, size), /line 1 has the byte 0xFF, at offset 0\. wide$/)
  }
  assert.throws(() => new TextReader('a.csv', 'utf-9'), { code: 'invalid_call', hint: /windows-1252/ })
  assert.equal(decodeUtf8(Buffer.alloc(0), 'x'), '')
})
