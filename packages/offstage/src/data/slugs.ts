// Slugs that nobody has written: made of another text of the row, with the next free number where other rows have it.

import { randomBytes } from 'node:crypto'
import { OffstageError } from '../base/errors.ts'
import { and, equal, isIn, not } from '../query/build.ts'
import type { Row } from '../schema/kind.ts'
import { shortened, slugOf } from '../schema/fields/slug.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { UniqueViolation } from '../store/store.ts'
import { byId, idName, rawQuery, txOf, type Work } from './core.ts'

const maxTries = 5

interface Slug {
  readonly field: FieldDef
  readonly of: string
  readonly max: number
  readonly follow: boolean
}

/** What has been made, and what it was made of. */
interface Made {
  readonly base: string
  readonly value: string
}

const declared = new WeakMap<ModelDef, readonly Slug[]>()

function slugsOf(model: ModelDef): readonly Slug[] {
  let slugs = declared.get(model)
  if (!slugs) {
    slugs = model.columns.flatMap((field) =>
      field.default && 'slug' in field.default ? [{ field, ...field.default.slug, max: Number(field.options['max']) }] : [],
    )
    declared.set(model, slugs)
  }
  return slugs
}

/** The slugs of one row in one write. */
export class Slugs {
  readonly #work: Work
  readonly #model: ModelDef
  readonly #before: Row | undefined
  readonly #made = new Map<Slug, Made>()
  /** Met in writing, though they could not be seen in reading. */
  readonly #taken = new Set<string>()

  /** `before` is the row as it is stored; undefined for a new one. */
  constructor(work: Work, model: ModelDef, before?: Row) {
    this.#work = work
    this.#model = model
    this.#before = before
  }

  /** Makes those that are missing, or were made here of a text that is another one now. */
  async fill(row: Row): Promise<Row> {
    const slugs = slugsOf(this.#model)
    if (slugs.length === 0) return row
    const next = { ...row }
    for (const slug of slugs) {
      const { field, of, max, follow } = slug
      const source = row[of]
      const made = this.#made.get(slug)
      const stored = this.#before?.[field.name]
      if (row[field.name] !== (made?.value ?? stored)) {
        // What the writer or a hook has written stays.
        this.#made.delete(slug)
        continue
      }
      if (source === undefined) continue
      const base = slugOf(typeof source === 'string' ? source : '', max)
      if (base === made?.base) continue
      if (this.#before && !made && !(follow && base !== slugOf(String(this.#before[of] ?? ''), max))) continue
      next[field.name] = await this.#make(slug, base, row)
    }
    return next
  }

  /** The columns made here, as they are now. */
  get values(): Row {
    return Object.fromEntries([...this.#made].map(([{ field }, { value }]) => [field.name, value]))
  }

  /** Writes the row; where another writer has taken its slug meanwhile, with the next free one. */
  async write<T>(row: Row, run: (row: Row) => Promise<T>): Promise<T> {
    if (this.#made.size === 0) return run(row)
    for (let tries = 1; ; tries++) {
      try {
        return await run({ ...row, ...this.values })
      } catch (error) {
        const met = this.#met(error)
        if (!met || tries === maxTries) throw error
        const { base, value } = this.#made.get(met)!
        this.#taken.add(value)
        await this.#make(met, base, row)
      }
    }
  }

  #met(error: unknown): Slug | undefined {
    if (!(error instanceof OffstageError) || !(error.cause instanceof UniqueViolation)) return undefined
    const { fields } = error.cause
    return fields.length === 1 ? [...this.#made.keys()].find(({ field }) => field.name === fields[0]) : undefined
  }

  async #make(slug: Slug, base: string, row: Row): Promise<string> {
    const value = base === '' ? randomWord() : await this.#free(slug, base, row)
    this.#made.set(slug, { base, value })
    return value
  }

  async #free({ field, max }: Slug, base: string, row: Row): Promise<string> {
    const { name } = field
    const others = not(byId(this.#model, row[idName(this.#model)] as string))
    const query = { ...rawQuery(this.#model, others, 1), select: [{ field: name }] }
    // Those who make the same slug at once wait here for each other, once there is a row that has it.
    const first = await txOf(this.#work).listLocked({ ...query, where: and([equal(name, base), others]) })
    if (first.rows.length === 0 && !this.#taken.has(base)) return base
    const numbered = (number: number): string => `${shortened(base, max - `-${number}`.length)}-${number}`
    const number = await firstFree(async (numbers) => {
      const texts = numbers.map(numbered)
      const where = and([isIn(name, texts), others])
      const { rows } = await txOf(this.#work).list({ ...query, where, limit: texts.length })
      const found = new Set(rows.map((found) => found[name]))
      return texts.map((text) => found.has(text) || this.#taken.has(text))
    })
    return number === undefined ? `${shortened(base, max - 11)}-${randomWord()}` : numbered(number)
  }
}

/** Ten digits and small letters. */
const randomWord = (): string => randomBytes(5).toString('hex')

const near = [2, 3, 4, 5, 6, 7, 8, 9]
const far = Array.from({ length: 17 }, (_, i) => 16 << i)
const parts = 16

/**
 * The first number from 2 on that is free, in a few questions however many are taken: numbers are given one after another, so that one
 * behind a taken one is looked for in ever narrower ranges. Undefined when there is none up to a million.
 */
async function firstFree(taken: (numbers: readonly number[]) => Promise<readonly boolean[]>): Promise<number | undefined> {
  let numbers = [...near, ...far]
  let [low, high] = [1, Infinity]
  for (;;) {
    const found = await taken(numbers)
    const at = found.indexOf(false)
    low = at === 0 ? low : numbers.at(at < 0 ? -1 : at - 1)!
    high = at < 0 ? high : numbers[at]!
    if (high === Infinity) return undefined
    if (high - low === 1) return high
    const step = Math.ceil((high - low) / parts)
    numbers = []
    for (let number = low + step; number < high; number += step) numbers.push(number)
  }
}
