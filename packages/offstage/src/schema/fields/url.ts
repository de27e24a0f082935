import { ValueError, type Kind } from '../kind.ts'
import { readString, readTextOperand, refuseEmpty, textKind } from './text.ts'

const defaultMax = 2048

export const urlKind: Kind = {
  name: 'url',
  storage: 'text',
  operators: textKind.operators,
  measures: ['count', 'countDistinct', 'min', 'max'],
  sortable: true,
  groupable: true,
  read(value, options) {
    const url = readString(value, 'a URL')
    refuseEmpty(url)
    const { max = defaultMax } = options as { max?: number }
    if (url.length > max) throw new ValueError('too_long', `A URL may have at most ${max} characters, has ${url.length}.`)
    // Only http and https: `javascript:` and `data:` URLs run or smuggle content where a page shows them as links.
    if (!/^https?:\/\/[^\s\p{Cc}]+$/iu.test(url) || !URL.canParse(url))
      throw new ValueError('wrong_format', 'Expected a URL that begins with http:// or https://.')
    return url
  },
  readOperand: readTextOperand,
  readText: readTextOperand,
  jsonSchema: (options) => ({
    type: 'string',
    format: 'uri',
    pattern: '^[hH][tT][tT][pP][sS]?://',
    maxLength: (options as { max?: number }).max ?? defaultMax,
  }),
}
