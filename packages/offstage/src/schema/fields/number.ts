import { nameOfType } from '../../base/json.ts'
import { lostIn } from '../../base/strict-json.ts'
import { ValueError, type Kind } from '../kind.ts'

export interface NumberOptions {
  readonly min?: number
  readonly max?: number
}

/** Finite; -0 becomes 0, because not every database keeps the difference. */
export function readNumber(value: unknown, expected: string): number {
  if (typeof value !== 'number') throw new ValueError('wrong_type', `Expected ${expected}, found ${nameOfType(value)}.`)
  if (!Number.isFinite(value)) throw new ValueError('wrong_format', `Expected ${expected}, found ${value}.`)
  return value === 0 ? 0 : value
}

/** The number that a URL parameter says in JSON's way: `0x10`, `NaN`, `1_000` and blanks are refused. */
export function numberFromText(text: string): number {
  const number = /^-?(0|[1-9]\d{0,400})(\.\d{1,400})?([eE][+-]?\d{1,4})?$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) throw new ValueError('wrong_format', 'Expected a number such as 12 or 1.5.')
  const lost = lostIn(text)
  if (lost !== undefined) throw new ValueError('wrong_format', `The number is ${lost}; it needs a decimal or a text field.`)
  return number
}

export function checkLimits(value: number, options: NumberOptions): number {
  if (options.min !== undefined && value < options.min) throw new ValueError('too_small', `Must be at least ${options.min}.`)
  if (options.max !== undefined && value > options.max) throw new ValueError('too_big', `Must be at most ${options.max}.`)
  return value
}

export const limitsSchema = ({ min, max }: NumberOptions): Record<string, unknown> => ({
  ...(min === undefined ? {} : { minimum: min }),
  ...(max === undefined ? {} : { maximum: max }),
})

export const numberKind: Kind = {
  name: 'number',
  storage: 'real',
  operators: ['eq', 'in', 'lt', 'lte', 'gt', 'gte'],
  measures: ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'],
  sortable: true,
  groupable: true,
  read: (value, options) => checkLimits(readNumber(value, 'a number'), options),
  readOperand: (value) => readNumber(value, 'a number'),
  readText: (text) => readNumber(numberFromText(text), 'a number'),
  jsonSchema: (options) => ({ type: 'number', ...limitsSchema(options) }),
}
