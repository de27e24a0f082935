import { ValueError, type Kind } from '../kind.ts'

function refuse(): never {
  throw new ValueError('wrong_type', 'Expected { create: [...] }, { connect: [...] } or { disconnect: [...] }.')
}

/** Rows that refer back. Not a column: its values are written as rows of the other model. */
export const manyKind: Kind = {
  name: 'many',
  storage: 'json',
  operators: [],
  measures: [],
  sortable: false,
  groupable: false,
  read: refuse,
  readOperand: refuse,
  readText: refuse,
  jsonSchema: () => ({ type: 'array' }),
}
