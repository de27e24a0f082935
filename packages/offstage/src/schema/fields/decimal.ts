import { decimal } from '../../base/decimal.ts'
import { nameOfType } from '../../base/json.ts'
import { ValueError, type Kind, type KindOptions } from '../kind.ts'

export interface DecimalOptions {
  /** Digits in all, at most 18, so that a scaled 64-bit integer holds every value. */
  readonly precision: number
  /** Digits after the point. */
  readonly scale: number
  readonly min?: string
  readonly max?: string
}

export const maxPrecision = 18
const form = /^-?\d{1,30}(\.\d{1,30})?$/

/** Decimal text of exactly the scale of the field. */
function readExact(value: unknown, digits: number, scale: number): string {
  // A number passes when its text is what was meant: with over 15 digits the double may already differ from it.
  const text = typeof value === 'number' && String(value).replace(/[-.]/g, '').length <= 15 ? String(value) : value
  if (typeof text !== 'string')
    throw new ValueError('wrong_type', `Expected a decimal as text such as '12.50', found ${nameOfType(value)}.`)
  if (!form.test(text)) throw new ValueError('wrong_format', `Expected a decimal as text such as '12.50'.`)
  if ((text.split('.')[1] ?? '').length > scale) {
    throw new ValueError(
      'wrong_format',
      scale === 0 ? 'No digits may follow the point here.' : `At most ${scale} digits may follow the point.`,
    )
  }
  const exact = decimal.round(text, scale)
  if (exact.replace(/[-.]/g, '').replace(/^0+/, '').length > digits)
    throw new ValueError('too_big', `At most ${digits - scale} digits may stand before the point.`)
  return /^-[0.]+$/.test(exact) ? exact.slice(1) : exact
}

const operand = (value: unknown, options: KindOptions): string =>
  readExact(value, maxPrecision, (options as unknown as DecimalOptions).scale)

export const decimalKind: Kind = {
  name: 'decimal',
  storage: 'decimal',
  operators: ['eq', 'in', 'lt', 'lte', 'gt', 'gte'],
  measures: ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'],
  sortable: true,
  groupable: true,
  read(value, options) {
    const { precision, scale, min, max } = options as unknown as DecimalOptions
    const exact = readExact(value, precision, scale)
    if (min !== undefined && decimal.compare(exact, min) < 0) throw new ValueError('too_small', `Must be at least ${min}.`)
    if (max !== undefined && decimal.compare(exact, max) > 0) throw new ValueError('too_big', `Must be at most ${max}.`)
    return exact
  },
  readOperand: operand,
  readText: operand,
  jsonSchema(options) {
    const { precision, scale } = options as unknown as DecimalOptions
    const whole = precision - scale
    return { type: 'string', format: 'decimal', pattern: `^-?\\d{1,${Math.max(whole, 1)}}${scale > 0 ? `(\\.\\d{1,${scale}})?` : ''}$` }
  },
}
