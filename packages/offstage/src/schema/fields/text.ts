import { codePoints, isStorableText, nameOfType } from '../../base/json.ts'
import { noValue, ValueError, type Kind, type KindOptions } from '../kind.ts'

export interface TextOptions {
  /** Fewest code points. Default 0. */
  readonly min?: number
  /** Most code points. Default 65,536; 255 when the field is unique or indexed. */
  readonly max?: number
  /** Must match somewhere in the text: anchor it with `^` and `$` to mean the whole. */
  readonly match?: RegExp
}

export const defaultTextMax = 65_536

/** Text that every database can keep, of at most `max` code points; `expected` begins the message for other types. */
export function readString(value: unknown, expected: string): string {
  if (typeof value !== 'string') throw new ValueError('wrong_type', `Expected ${expected}, found ${nameOfType(value)}.`)
  if (!isStorableText(value)) throw new ValueError('wrong_format', 'Text may not hold U+0000 or a lone surrogate.')
  return value
}

/** What is left empty in a form was not given at all. */
export function refuseEmpty(text: string): void {
  if (text === '') throw new ValueError(noValue.code, noValue.message)
}

/** A comparison value needs no limits of the field, but no stored text is longer than this either. */
export function readTextOperand(value: unknown, { max }: KindOptions): string {
  const text = readString(value, 'text')
  const most = Math.max(defaultTextMax, typeof max === 'number' ? max : 0)
  if (text.length > 2 * most) throw new ValueError('too_long', `Text to compare with may have at most ${most} characters.`)
  return text
}

export const textKind: Kind = {
  name: 'text',
  storage: 'text',
  operators: ['eq', 'in', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith'],
  measures: ['count', 'countDistinct', 'min', 'max'],
  sortable: true,
  groupable: true,
  read(value, options) {
    const text = readString(value, 'text')
    const { min = 0, max = defaultTextMax, match } = options as TextOptions
    if (min > 0) refuseEmpty(text)
    const length = codePoints(text)
    if (length < min) throw new ValueError('too_short', `Needs at least ${min} characters, has ${length}.`)
    if (length > max) throw new ValueError('too_long', `May have at most ${max} characters, has ${length}.`)
    // A global or sticky expression would remember where the last value matched.
    if (match) {
      match.lastIndex = 0
      if (!match.test(text)) throw new ValueError('no_match', `Must match ${match}.`)
    }
    return text
  },
  readOperand: readTextOperand,
  readText: readTextOperand,
  jsonSchema(options) {
    const { min, max = defaultTextMax, match } = options as TextOptions
    return {
      type: 'string',
      ...(min ? { minLength: min } : {}),
      maxLength: max,
      ...(match && !/[imsvxy]/.test(match.flags) ? { pattern: match.source } : {}),
    }
  },
}
