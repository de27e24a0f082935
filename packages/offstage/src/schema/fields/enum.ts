import { nameOfType } from '../../base/json.ts'
import { ValueError, type Kind, type KindOptions } from '../kind.ts'

export interface EnumOptions {
  readonly choices: readonly string[]
}

function readChoice(value: unknown, options: KindOptions): string {
  const { choices } = options as unknown as EnumOptions
  if (typeof value !== 'string') throw new ValueError('wrong_type', `Expected one of ${choices.join(', ')}, found ${nameOfType(value)}.`)
  if (!choices.includes(value)) throw new ValueError('not_a_choice', `Expected one of ${choices.join(', ')}.`)
  return value
}

export const enumKind: Kind = {
  name: 'enum',
  storage: 'text',
  operators: ['eq', 'in'],
  measures: ['count', 'countDistinct'],
  sortable: true,
  groupable: true,
  read: readChoice,
  readOperand: readChoice,
  readText: readChoice,
  jsonSchema: (options) => ({ type: 'string', enum: [...(options as unknown as EnumOptions).choices] }),
}
