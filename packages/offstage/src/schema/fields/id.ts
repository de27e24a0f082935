import { isUuid } from '../../base/ids.ts'
import { codePoints } from '../../base/json.ts'
import { ValueError, type Kind, type KindName } from '../kind.ts'
import { readString } from './text.ts'

/** `uuid` is made by Offstage; `serial` and `key` are for adopted tables: whole numbers, and text that the app gives. */
export type IdForm = 'uuid' | 'serial' | 'key'

const maxKey = 255
// Words that routes use after a model's name; a key with such a text could not be reached.
const routeWords: ReadonlySet<string> = new Set(['query', 'aggregate'])

/**
 * As a comparison value, text that is no id of the model simply matches nothing, so that unknown and malformed ids get
 * the same answer. A serial must be digits, because databases compare it as a number.
 */
const readers: Readonly<Record<IdForm, (value: unknown) => string>> = {
  uuid: (value) => readKey(value).toLowerCase(),
  key: readKey,
  serial(value) {
    const text = readString(value, 'an id')
    if (!/^(0|[1-9]\d{0,15})$/.test(text) || !Number.isSafeInteger(Number(text)))
      throw new ValueError('wrong_format', `Expected an id of digits such as '12'.`)
    return text
  },
}

function readKey(value: unknown): string {
  const text = readString(value, 'an id')
  if (text === '' || codePoints(text) > maxKey) throw new ValueError('wrong_format', `An id has 1 to ${maxKey} characters.`)
  return text
}

function readNewId(value: unknown, form: IdForm): string {
  const text = readers[form](value)
  if (form === 'uuid' && !isUuid(text)) throw new ValueError('wrong_format', 'Expected a UUID.')
  if (form === 'key' && (!/^[A-Za-z0-9_.:@~-]+$/.test(text) || /^\.+$/.test(text) || routeWords.has(text))) {
    throw new ValueError('wrong_format', 'An id has only letters, digits and _ . : @ ~ -, and is none of the words of routes.')
  }
  return text
}

/** Kinds of ids, and of references by what they refer to; on the wire all are text. A serial is kept as an integer. */
export function idKind(name: Extract<KindName, 'id' | 'ref'>, form: IdForm): Kind {
  return name === 'id' ? ids[form] : refs[form]
}

function make(name: 'id' | 'ref', form: IdForm): Kind {
  return {
    name,
    storage: form === 'serial' ? 'integer' : 'text',
    operators: name === 'id' ? ['eq', 'in', 'lt', 'lte', 'gt', 'gte'] : ['eq', 'in'],
    measures: ['count', 'countDistinct'],
    sortable: true,
    groupable: true,
    read: (value) => (name === 'id' ? readNewId(value, form) : readers[form](value)),
    readOperand: readers[form],
    readText: readers[form],
    jsonSchema: () =>
      form === 'uuid'
        ? { type: 'string', format: 'uuid' }
        : form === 'serial'
          ? { type: 'string', pattern: '^\\d+$' }
          : { type: 'string', maxLength: maxKey },
  }
}

const ids: Readonly<Record<IdForm, Kind>> = { uuid: make('id', 'uuid'), serial: make('id', 'serial'), key: make('id', 'key') }
const refs: Readonly<Record<IdForm, Kind>> = { uuid: make('ref', 'uuid'), serial: make('ref', 'serial'), key: make('ref', 'key') }
