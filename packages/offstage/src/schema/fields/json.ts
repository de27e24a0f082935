import { OffstageError } from '../../base/errors.ts'
import { copyJson, NotJson } from '../../base/json.ts'
import { strictJson } from '../../base/strict-json.ts'
import { ValueError, type Json, type Kind } from '../kind.ts'

export interface JsonOptions {
  /** Most characters as JSON text. Default 65,536. */
  readonly max?: number
}

const defaultMax = 65_536
const maxDepth = 32

function readJson(value: unknown, options: JsonOptions): Json {
  try {
    const copy = copyJson(value, maxDepth)
    const { max = defaultMax } = options
    const { length } = JSON.stringify(copy)
    if (length > max) throw new ValueError('too_long', `May have at most ${max} characters as JSON, has ${length}.`)
    return copy
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    throw new ValueError('wrong_format', `The JSON ${error.message}${error.path.length > 0 ? ` at ${error.path.join('.')}` : ''}.`)
  }
}

export const jsonKind: Kind = {
  name: 'json',
  storage: 'json',
  operators: ['json'],
  measures: ['count'],
  sortable: false,
  groupable: false,
  read: readJson,
  readOperand: (value) => readJson(value, {}),
  readText(text) {
    try {
      return readJson(strictJson(text, 'the text'), {})
    } catch (error) {
      if (!(error instanceof OffstageError)) throw error
      throw new ValueError('wrong_format', `Expected JSON. ${error.detail}`)
    }
  },
  // Any JSON: the type argument of `t.json<T>()` is not there at run time.
  jsonSchema: () => ({}),
}
