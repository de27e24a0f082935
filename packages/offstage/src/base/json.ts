// What text and JSON every database can keep and give back unchanged.

import { isDate, isPlain } from './realms.ts'

/** Whether the text has no U+0000 (PostgreSQL cannot keep it) and no lone surrogate (UTF-8 cannot say it). */
export const isStorableText = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** The number of code points, which is what limits on text count. */
export function codePoints(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) {
      count--
      i++
    }
  }
  return count
}

/** `a number`, `a list`, `null`: what a message says it found, never the value itself. */
export function nameOfType(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return String(value)
  return isDate(value) ? 'a Date' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain }

/** Thrown by `copyJson`; `path` is where in the value. */
export class NotJson extends Error {
  readonly path: readonly string[]
  constructor(path: readonly string[], message: string) {
    super(message)
    this.path = path
  }
}

/**
 * A deep copy that JSON can say exactly. Refuses what it cannot (`undefined`, NaN, Date, class instances, cycles by depth),
 * text that no database keeps, and `__proto__` as a key, which would be lost or do harm when copied by others.
 */
export function copyJson(value: unknown, maxDepth: number, path: readonly string[] = []): Plain {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') {
    if (!isStorableText(value)) throw new NotJson(path, 'holds U+0000 or a lone surrogate')
    return value
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotJson(path, `holds ${value}, which JSON cannot say`)
    return value === 0 ? 0 : value
  }
  if (path.length >= maxDepth) throw new NotJson(path, `is nested more than ${maxDepth} levels`)
  if (Array.isArray(value)) return Array.from(value, (item, i) => copyJson(item, maxDepth, [...path, String(i)]))
  if (!isPlain(value)) throw new NotJson(path, `holds ${nameOfType(value)}, which JSON cannot say`)
  const copy: { [key: string]: Plain } = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__' || !isStorableText(key)) throw new NotJson([...path, key], 'has a key that cannot be kept')
    copy[key] = copyJson(item, maxDepth, [...path, key])
  }
  return copy
}
