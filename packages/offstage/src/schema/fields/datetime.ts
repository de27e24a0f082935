import { nameOfType } from '../../base/json.ts'
import { instantText, readInstant } from '../../base/time.ts'
import { isDate } from '../../base/realms.ts'
import { ValueError, type Kind } from '../kind.ts'

function readDatetime(value: unknown): string {
  if (typeof value !== 'string' && !isDate(value)) {
    throw new ValueError('wrong_type', `Expected an instant such as '2026-01-31T12:00:00Z', found ${nameOfType(value)}.`)
  }
  const text = typeof value === 'string' ? readInstant(value) : instantText(value.getTime())
  if (text === undefined) {
    throw new ValueError(
      'wrong_format',
      `Expected an instant with an offset or Z, such as '2026-01-31T12:00:00Z', in the years 0001 to 9999.`,
    )
  }
  return text
}

export const datetimeKind: Kind = {
  name: 'datetime',
  storage: 'datetime',
  operators: ['eq', 'in', 'lt', 'lte', 'gt', 'gte'],
  measures: ['count', 'countDistinct', 'min', 'max'],
  sortable: true,
  groupable: true,
  read: readDatetime,
  readOperand: readDatetime,
  readText: readDatetime,
  toServer: (value) => new Date(value as string),
  jsonSchema: () => ({ type: 'string', format: 'date-time' }),
}
