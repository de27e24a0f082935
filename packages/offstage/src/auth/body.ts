import { OffstageError, type FieldError } from '../base/errors.ts'
import { nameOfType } from '../base/json.ts'
import { textKind } from '../schema/fields/text.ts'
import { noValue, ValueError } from '../schema/kind.ts'

/** Longer texts are refused unread: nothing here needs them. */
const mostCharacters = 1024

/**
 * Reads a JSON body of texts, strictly: an object where a text was expected has reset the administrator's password
 * elsewhere. Other keys are refused.
 */
export function readTexts<K extends string>(
  body: unknown,
  fields: readonly K[],
  optional: readonly string[] = [],
): Record<K, string> & Partial<Record<string, string>> {
  const object = readObject(body)
  const known: readonly string[] = [...fields, ...optional]
  refuseUnknown(
    Object.keys(object).filter((key) => !known.includes(key)),
    known,
  )
  const errors: FieldError[] = []
  const values: Record<string, string> = {}
  for (const name of known) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    if (value !== undefined) values[name] = readText(value, name, { max: mostCharacters }, errors)
    else if (!optional.includes(name)) errors.push({ path: name, ...noValue })
  }
  if (errors.length > 0) throw new OffstageError('invalid_values', { errors })
  return values as Record<K, string>
}

/** The text, with what is wrong with it added to `errors`. */
export function readText(value: unknown, path: string, limits: { min?: number; max: number }, errors: FieldError[]): string {
  try {
    return textKind.read(value, limits) as string
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    errors.push({ path, code: error.code, message: error.message })
    return ''
  }
}

export function readObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw new OffstageError('malformed', { detail: `Expected a JSON object as the body, found ${nameOfType(body)}.` })
}

function refuseUnknown(unknown: readonly string[], known: readonly string[]): void {
  if (unknown.length === 0) return
  throw new OffstageError('unknown_field', {
    detail: `There is ${unknown.map((key) => `no "${key.slice(0, 40)}"`).join(', ')} here; there is ${known.map((key) => `"${key}"`).join(', ')}.`,
    errors: unknown.map((path) => ({ path, code: 'unknown_field', message: 'There is no such field here.' })),
  })
}
