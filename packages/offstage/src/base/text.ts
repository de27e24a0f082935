// Text out of bytes that came from outside: what is no text is refused, with its place, and never becomes U+FFFD.

import { TextDecoder } from 'node:util'
import { OffstageError } from './errors.ts'

/** Bytes that are no text of the encoding. The code is `malformed`. */
export class NotText extends OffstageError {
  /** From 1. */
  readonly line: number
  /** The end of a sentence that begins with the name of the text, without a full stop. */
  readonly what: string
  /** The bytes have the look of UTF-16, and it was not asked for. */
  readonly wide: boolean
  constructor(name: string, line: number, what: string, wide = false) {
    super('malformed', { detail: `${name} ${what}.` })
    this.line = line
    this.what = what
    this.wide = wide
  }
}

/** Reads chunk by chunk; a byte order mark is dropped. */
export class TextReader {
  readonly #name: string
  readonly #decoder: TextDecoder
  /** The last bytes of what was read, from the first of a character on. */
  #tail: Uint8Array = new Uint8Array(0)
  #bytes = 0
  #line = 1

  /** `name` is what messages call the text. `encoding` is a label of the Encoding Standard, such as `windows-1252`; throws `invalid_call` for others. */
  constructor(name: string, encoding = 'utf-8') {
    this.#name = name
    try {
      this.#decoder = new TextDecoder(encoding, { fatal: true })
    } catch {
      throw new OffstageError('invalid_call', {
        detail: `The encoding ${encoding} is not known.`,
        hint: 'utf-8, windows-1252, utf-16le, or another label of the Encoding Standard',
      })
    }
  }

  read(chunk: Uint8Array): string {
    let text: string
    try {
      text = this.#decoder.decode(chunk, { stream: true })
    } catch {
      throw this.#wrong(chunk)
    }
    if (text.includes('\0')) {
      const line = this.#line + count(text.slice(0, text.indexOf('\0')))
      throw new NotText(this.#name, line, `holds U+0000 in line ${line}, which is no text${this.#isUtf8 ? ' of UTF-8' : ''}`, this.#isUtf8)
    }
    this.#line += count(text)
    this.#bytes += chunk.length
    const last = Buffer.concat([this.#tail, chunk.subarray(-4)]).subarray(-4)
    this.#tail = last.subarray(last.findIndex((byte) => !isContinuation(byte)))
    return text
  }

  /** Of the last character. */
  end(): string {
    try {
      return this.#decoder.decode()
    } catch {
      throw new NotText(this.#name, this.#line, `ends in the middle of a character, in line ${this.#line}`)
    }
  }

  get #isUtf8(): boolean {
    return this.#decoder.encoding === 'utf-8'
  }

  #wrong(chunk: Uint8Array): NotText {
    const { encoding } = this.#decoder
    if (!this.#isUtf8) return new NotText(this.#name, this.#line, `is not ${encoding}, in line ${this.#line} or soon after`)
    const bytes = Buffer.concat([this.#tail, chunk])
    const bad = firstBad(bytes)
    const line = this.#line + count(bytes.subarray(this.#tail.length, bad).toString('latin1'))
    const offset = this.#bytes - this.#tail.length + bad
    const byte = bytes[bad]!.toString(16).toUpperCase().padStart(2, '0')
    // 0xFF and 0xFE are in no text of UTF-8, and begin those of UTF-16.
    const wide = bytes.subarray(0, bad).includes(0) || (offset === 0 && (bytes[0] === 0xff || bytes[0] === 0xfe))
    return new NotText(this.#name, line, `is not UTF-8: line ${line} has the byte 0x${byte}, at offset ${offset}`, wide)
  }
}

/** All of a text of UTF-8. Throws `NotText`. */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  const reader = new TextReader(name)
  return reader.read(bytes) + reader.end()
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80
const count = (text: string): number => text.split('\n').length - 1

/** Where the first character begins that is none. */
function firstBad(bytes: Uint8Array): number {
  const isGood = (end: number, stream: boolean): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream })
      return true
    } catch {
      return false
    }
  }
  let [good, bad] = [0, bytes.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isGood(middle, true)) good = middle
    else bad = middle
  }
  // The byte that showed it may come after those that began the character.
  while (!isGood(good, false)) good--
  return good
}
