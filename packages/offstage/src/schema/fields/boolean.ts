import { nameOfType } from '../../base/json.ts'
import { ValueError, type Kind } from '../kind.ts'

function readBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ValueError('wrong_type', `Expected true or false, found ${nameOfType(value)}.`)
  return value
}

export const booleanKind: Kind = {
  name: 'boolean',
  storage: 'boolean',
  operators: ['eq', 'in'],
  measures: ['count', 'countDistinct'],
  sortable: true,
  groupable: true,
  read: readBoolean,
  readOperand: readBoolean,
  readText(text) {
    if (text !== 'true' && text !== 'false') throw new ValueError('wrong_format', 'Expected true or false.')
    return text === 'true'
  },
  jsonSchema: () => ({ type: 'boolean' }),
}
