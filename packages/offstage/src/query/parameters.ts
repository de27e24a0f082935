// The query of a URL as names and texts. What has a meaning is taken; what remains are bare filters.

import { OffstageError } from '../base/errors.ts'
import { strictJson } from '../base/strict-json.ts'
import { invalid } from './parse-filter.ts'
import { quote } from './names.ts'

const maxParameters = 300

export class Parameters {
  readonly #values = new Map<string, string[]>()

  constructor(query: string) {
    const pairs = query === '' ? [] : query.split('&').filter((pair) => pair !== '')
    if (pairs.length > maxParameters) throw invalid(`A URL may hold ${maxParameters} parameters.`)
    for (const pair of pairs) {
      const at = pair.indexOf('=')
      const name = plain(decode(at < 0 ? pair : pair.slice(0, at)))
      const value = at < 0 ? '' : decode(pair.slice(at + 1))
      const values = this.#values.get(name)
      if (values && !/\.(in|notIn)$/.test(name))
        throw invalid(`The parameter ${quote(name)} is given twice; only '.in' and '.notIn' may be repeated.`)
      if (values) values.push(value)
      else this.#values.set(name, [value])
    }
  }

  take(name: string): string | undefined {
    const values = this.#values.get(name)
    this.#values.delete(name)
    return values?.[0]
  }

  /** `a,b` */
  list(name: string): readonly string[] | undefined {
    return this.take(name)?.split(',')
  }

  number(name: string): number | undefined {
    const text = this.take(name)
    if (text !== undefined && !/^\d{1,9}$/.test(text)) throw invalid(`'${name}' takes a whole number.`)
    return text === undefined ? undefined : Number(text)
  }

  flag(name: string): boolean | undefined {
    const text = this.take(name)
    if (text !== undefined && text !== 'true' && text !== 'false') throw invalid(`'${name}' takes true or false.`)
    return text === undefined ? undefined : text === 'true'
  }

  json(name: string): unknown {
    const text = this.take(name)
    return text === undefined ? undefined : parseJson(name, text)
  }

  rest(): Iterable<readonly [string, readonly string[]]> {
    return this.#values
  }
}

export function parseJson(name: string, text: string): unknown {
  try {
    return strictJson(text, `'${name}'`)
  } catch (error) {
    throw (error as OffstageError).with({
      detail: `${(error as OffstageError).detail} '${name}' takes JSON, percent-encoded, such as ${name}={"or":[…]}.`,
    })
  }
}

/** As forms encode it: `+` is a space. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new OffstageError('malformed', { detail: "The URL's query has a '%' that is not followed by the two hex digits of UTF-8." })
  }
}

/** `views[gte]` is another way to write `views.gte`. */
function plain(name: string): string {
  return /^[^[\]]+(\[[^[\].]+\])+$/.test(name) ? name.replaceAll('[', '.').replaceAll(']', '') : name
}
