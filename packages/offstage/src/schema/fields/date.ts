import { nameOfType } from '../../base/json.ts'
import { isDate } from '../../base/time.ts'
import { ValueError, type Kind } from '../kind.ts'

function readDate(value: unknown): string {
  // A Date is an instant: which day it is depends on a time zone that only the caller knows.
  if (typeof value !== 'string')
    throw new ValueError('wrong_type', `Expected a day as text such as '2026-01-31', found ${nameOfType(value)}.`)
  if (!isDate(value)) throw new ValueError('wrong_format', `Expected a real day such as '2026-01-31'.`)
  return value
}

export const dateKind: Kind = {
  name: 'date',
  storage: 'date',
  operators: ['eq', 'in', 'lt', 'lte', 'gt', 'gte'],
  measures: ['count', 'countDistinct', 'min', 'max'],
  sortable: true,
  groupable: true,
  read: readDate,
  readOperand: readDate,
  readText: readDate,
  jsonSchema: () => ({ type: 'string', format: 'date' }),
}
