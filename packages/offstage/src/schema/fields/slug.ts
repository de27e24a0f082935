// Slugs: what stands for a row in addresses, made of another text of the row. Kept, filtered and compared as any text.

import { ValueError, type Kind } from '../kind.ts'
import { textKind } from './text.ts'

export interface SlugOptions {
  /** Whether a change of the other field changes the slug, and so the addresses of the row. Default false: links stay. */
  readonly follow?: boolean
  /** Most code points, from 16 to 768. Default 80. */
  readonly max?: number
}

export const defaultSlugMax = 80
/** Room for a word and a number. */
export const shortestSlugMax = 16

const form = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:-[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*$/u

export const slugKind: Kind = {
  ...textKind,
  read(value, options) {
    const text = textKind.read(value, { ...options, min: 1 }) as string
    if (form.test(text) && text === text.toLowerCase() && text === text.normalize('NFKC')) return text
    throw new ValueError(
      'no_match',
      "Takes small letters and digits in their composed form (NFKC), with one '-' between words, such as 'my-first-post'.",
    )
  },
  jsonSchema: (options) => textKind.jsonSchema({ ...options, min: 1 }),
}

/** Letters that NFKD leaves whole, as they are written where there is only ASCII. */
const plain: ReadonlyMap<string, string> = new Map(
  Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ł: 'l', ŋ: 'n', þ: 'th', ŧ: 't' }),
)
const plainLetters = new RegExp(`[${[...plain.keys()].join('')}]`, 'gu')

/** Putting thousands of combining marks in their order takes seconds: the work grows with the square. */
const longestRead = 1_000

/**
 * The words of a text as a slug of at most `max` code points: `'Ærø på 2 dage!'` is `aero-pa-2-dage`. Letters that have no form in ASCII
 * stay. Empty when the text has neither letter nor digit.
 */
export function slugOf(text: string, max: number = defaultSlugMax): string {
  const letters = text
    .slice(0, longestRead)
    .toWellFormed()
    .normalize('NFKD')
    .toLowerCase()
    // Marks of other scripts are part of their words.
    .replace(/([\p{Script=Latin}\p{N}])\p{M}+/gu, '$1')
    .replace(/\p{Variation_Selector}/gu, '')
    .replace(plainLetters, (letter) => plain.get(letter)!)
    .normalize('NFC')
  return shortened((letters.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? []).join('-'), max)
}

/** Cut at the end of a word, or inside of it where there is no other. */
export function shortened(slug: string, max: number): string {
  const points = [...slug]
  if (points.length <= max) return slug
  const kept = points.slice(0, max).join('')
  const end = points[max] === '-' ? -1 : kept.lastIndexOf('-')
  return end > 0 ? kept.slice(0, end) : kept
}
