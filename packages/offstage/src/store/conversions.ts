// Which types of columns can become which others with their values kept. What a value becomes is the same on every database:
//
// - a whole number becomes its digits (`-12`), and such digits a whole number again: without a plus or leading zeros;
// - a decimal becomes text with all digits of its scale (`7.50`); text and numbers become a decimal only when no digit is cut;
// - a boolean becomes `true` or `false` as text, 1 or 0 as a whole number, and nothing else becomes a boolean;
// - an instant becomes `2026-01-31T12:00:00.000Z`, a day `2026-01-31`; a day becomes its midnight in UTC, only midnights become days;
// - JSON becomes its own text.
//
// `real` does not become text, because databases print such numbers differently; text does not become JSON, because it may be
// written otherwise than Offstage writes it. A migration does those with a new column and a step of code.

import type { ColumnType } from './blueprint.ts'

/**
 * `lossless`: every value has a place in the new type. `checked`: a value that has none makes the change fail, with no value changed.
 * `impossible`: a new column is needed, and code that fills it.
 */
export type Conversion = 'same' | 'lossless' | 'checked' | 'impossible'

export function conversion(from: ColumnType, to: ColumnType): Conversion {
  if (from === to) return 'same'
  if (isTextual(from)) return fromText(from, to)
  if (isDecimal(from)) return fromDecimal(digitsOf(from), to)
  if (to === 'uuid' || to === 'json' || (to === 'key' && !isWhole(from))) return 'impossible'
  switch (from) {
    case 'integer':
    case 'serial':
      return fromWhole(from, to)
    case 'real':
      return isDecimal(to) || to === 'integer' ? 'checked' : 'impossible'
    case 'boolean':
      return isTextual(to) || to === 'integer' ? 'lossless' : 'impossible'
    case 'datetime':
      return isTextual(to) ? 'lossless' : to === 'date' ? 'checked' : 'impossible'
    case 'date':
      return isTextual(to) || to === 'datetime' ? 'lossless' : 'impossible'
    case 'json':
      return isTextual(to) ? (to === 'text' ? 'lossless' : 'checked') : 'impossible'
  }
}

export type TextType = 'uuid' | 'key' | 'text(255)' | 'text(768)' | 'text'
export type DecimalType = `decimal(${number},${number})`

export const isTextual = (type: ColumnType): type is TextType => Object.hasOwn(lengths, type)
export const isDecimal = (type: ColumnType): type is DecimalType => type.startsWith('decimal(')
export const isWhole = (type: ColumnType): boolean => type === 'integer' || type === 'serial'

/** The largest whole number, as digits: beyond it JSON's numbers have gaps. */
export const largestWhole: string = String(Number.MAX_SAFE_INTEGER)

/** In code points; ids are given with 255 at most and made with 36. */
const lengths: Readonly<Record<TextType, number>> = { uuid: 36, key: 255, 'text(255)': 255, 'text(768)': 768, text: Infinity }

/** How many code points fit. */
export const lengthOf = (type: TextType): number => lengths[type]

export function digitsOf(type: DecimalType): { readonly precision: number; readonly scale: number } {
  const [precision, scale] = type.slice('decimal('.length, -1).split(',').map(Number)
  return { precision: precision!, scale: scale! }
}

function fromText(from: TextType, to: ColumnType): Conversion {
  if (to === 'json' || to === 'real') return 'impossible'
  if (!isTextual(to)) return from === 'uuid' ? 'impossible' : 'checked'
  // Text can be empty, and an id cannot.
  if (to === 'uuid' || (to === 'key' && from !== 'uuid')) return 'checked'
  return lengths[from] <= lengths[to] ? 'lossless' : 'checked'
}

function fromWhole(from: 'integer' | 'serial', to: ColumnType): Conversion {
  if (isTextual(to) || to === 'real') return 'lossless'
  if (isDecimal(to)) {
    const { precision, scale } = digitsOf(to)
    // 2^53 has 16 digits.
    return precision - scale >= 16 ? 'lossless' : 'checked'
  }
  if (isWhole(to)) return 'lossless'
  return to === 'boolean' && from === 'integer' ? 'checked' : 'impossible'
}

function fromDecimal(from: { readonly precision: number; readonly scale: number }, to: ColumnType): Conversion {
  if (to === 'text(255)' || to === 'text(768)' || to === 'text') return 'lossless'
  if (to === 'integer') return from.scale === 0 && from.precision <= 15 ? 'lossless' : 'checked'
  // A double keeps any 15 digits.
  if (to === 'real') return from.precision <= 15 ? 'lossless' : 'impossible'
  if (!isDecimal(to)) return 'impossible'
  const { precision, scale } = digitsOf(to)
  return scale >= from.scale && precision - scale >= from.precision - from.scale ? 'lossless' : 'checked'
}

/** What text must look like to become the type: a regular expression of the few words that all databases have alike. */
export function formOf(to: Exclude<ColumnType, TextType | 'json' | 'real'>): string {
  if (isDecimal(to)) {
    const { precision, scale } = digitsOf(to)
    const whole = precision > scale ? `[0-9]{1,${precision - scale}}` : '0'
    return `^-?0*${whole}([.](?=[0-9])[0-9]{0,${scale}}0*)?$`
  }
  switch (to) {
    case 'integer':
    case 'serial':
      return '^(0|-?[1-9][0-9]{0,15})$'
    case 'boolean':
      return '^(true|false)$'
    case 'date':
      return '^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    case 'datetime':
      return '^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z$'
  }
}
