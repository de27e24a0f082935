import { ValueError, type Kind } from '../kind.ts'
import { checkLimits, limitsSchema, numberFromText, numberKind, readNumber } from './number.ts'

function readInteger(value: unknown): number {
  const number = readNumber(value, 'a whole number')
  if (!Number.isSafeInteger(number)) throw new ValueError('wrong_format', 'Expected a whole number from -(2^53 - 1) to 2^53 - 1.')
  return number
}

export const integerKind: Kind = {
  name: 'integer',
  storage: 'integer',
  operators: numberKind.operators,
  measures: numberKind.measures,
  sortable: true,
  groupable: true,
  read: (value, options) => checkLimits(readInteger(value), options),
  readOperand: readInteger,
  readText: (text) => readInteger(numberFromText(text)),
  jsonSchema: (options) => ({
    type: 'integer',
    ...limitsSchema({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, ...options }),
  }),
}
