import { optionCheck, type OptionNames } from '../base/options.ts'
import { createField, FieldNode, userToken, type Field, type Many, type ManyOpen, type Ref, type UserToken } from './field.ts'
import { booleanKind } from './fields/boolean.ts'
import { dateKind } from './fields/date.ts'
import { datetimeKind } from './fields/datetime.ts'
import { decimalKind } from './fields/decimal.ts'
import { emailKind } from './fields/email.ts'
import { enumKind } from './fields/enum.ts'
import { idKind } from './fields/id.ts'
import { integerKind } from './fields/integer.ts'
import { jsonKind, type JsonOptions } from './fields/json.ts'
import { manyKind } from './fields/many.ts'
import { numberKind, type NumberOptions } from './fields/number.ts'
import { defaultSlugMax, slugKind, type SlugOptions } from './fields/slug.ts'
import { textKind, type TextOptions } from './fields/text.ts'
import { urlKind } from './fields/url.ts'
import { me, type AnyMe } from './me.ts'
import { shapes, type Shapes } from './shape.ts'

/**
 * The builders of fields, and of the shapes that endpoints make of them. `Name` is the union of the app's model names, so a misspelt
 * reference fails where it is written.
 */
export interface Types<Name extends string> extends Shapes {
  /** Text of at most 65,536 code points; 255 if unique or indexed; or `max`. */
  text(options?: TextOptions): Field<'text', string>
  /** An email address, trimmed. With `.unique()` in the user model it is the login. */
  email(): Field<'email', string>
  /** An http or https URL. */
  url(options?: { readonly max?: number }): Field<'url', string>
  /**
   * Text of small letters, digits and '-', unique, for addresses: `/articles/how-to-cook`. Made of the text field `of` when a create
   * leaves it out, with the next free number where another row has it: `how-to-cook-2`.
   */
  slug(of: string, options?: SlugOptions): Field<'text', string, 'default' | 'unique'>
  /** A whole number within 2^53. */
  integer(options?: NumberOptions): Field<'integer', number>
  /** A finite number; for money use `decimal`. */
  number(options?: NumberOptions): Field<'number', number>
  /** An exact decimal, as text of fixed scale: `t.decimal(12, 2)` holds `'1234567890.12'`. At most 18 digits. */
  decimal(precision: number, scale: number, options?: { readonly min?: string; readonly max?: string }): Field<'decimal', string>
  boolean(): Field<'boolean', boolean>
  /** An instant with milliseconds: a `Date` on the server, ISO text with `Z` on the wire. */
  datetime(): Field<'datetime', Date>
  /** A day of the calendar without a time: `'2026-01-31'`. */
  date(): Field<'date', string>
  enum<const C extends readonly [string, ...string[]]>(...choices: C): Field<'enum', C[number]>
  /** Any JSON of at most 65,536 characters, or `max`. The type is yours to keep: only its being JSON is checked. */
  json<T = unknown>(options?: { readonly max?: number }): Field<'json', T>
  /** A reference to one row. */
  ref<const N extends Name>(model: N): Ref<N>
  /** A reference to the user, filled with the caller unless the system writes. */
  user(): Ref<UserToken, string, 'me'>
  /** The rows of `model` whose reference `via` points here. */
  many<const N extends Name, const V extends string>(model: N, via: V): Many<N, V>
  /** Many to many: `t.many('tags').through('postTags')`. */
  many<const N extends Name>(model: N): ManyOpen<Name, N>
  /** For `own: { id: t.serial() }` of an adopted table: whole numbers, text in TypeScript and on the wire. */
  serial(): Field<'id', string, 'own'>
  /** For `own: { id: t.key() }` of an adopted table: ids are text that the app gives. */
  key(): Field<'id', string, 'key'>
  /** The caller, for rules and defaults of fields: `t.enum('member', 'admin').writable(t.me.is({ role: 'admin' }))`. */
  readonly me: AnyMe
}

const limits: OptionNames<NumberOptions> = { min: true, max: true }
const decimalLimits: OptionNames<NonNullable<Parameters<Types<string>['decimal']>[2]>> = { min: true, max: true }
const textNames: OptionNames<TextOptions> = { min: true, max: true, match: true }
const slugNames: OptionNames<SlugOptions> = { follow: true, max: true }
const urlNames: OptionNames<NonNullable<Parameters<Types<string>['url']>[0]>> = { max: true }
const jsonNames: OptionNames<JsonOptions> = { max: true }

/** Much of what other libraries have as options is said after the builder here. */
const checked = (what: string, given: unknown, names: OptionNames<any> = {}): ReturnType<typeof optionCheck> =>
  optionCheck(what, given, names, (key) => (Object.hasOwn(FieldNode.prototype, key) ? `${what}(...).${key}(...).` : undefined))

// The builders carry types that the nodes do not have at run time. Those without options are asked too: JavaScript may give them some.
const builders = {
  text: (options?: TextOptions) => createField(textKind, { ...options }, checked('t.text', options, textNames)),
  email: (options?: unknown) => createField(emailKind, {}, checked('t.email', options)),
  url: (options?: object) => createField(urlKind, { ...options }, checked('t.url', options, urlNames)),
  slug: (of: string, options?: SlugOptions) => {
    const { follow = false, max = defaultSlugMax } = options ?? {}
    return createField(slugKind, { max }, { unique: true, default: { slug: { of, follow } }, ...checked('t.slug', options, slugNames) })
  },
  integer: (options?: object) => createField(integerKind, { ...options }, checked('t.integer', options, limits)),
  number: (options?: object) => createField(numberKind, { ...options }, checked('t.number', options, limits)),
  decimal: (precision: number, scale: number, options?: object) =>
    createField(decimalKind, { ...options, precision, scale }, checked('t.decimal', options, decimalLimits)),
  boolean: (options?: unknown) => createField(booleanKind, {}, checked('t.boolean', options)),
  datetime: (options?: unknown) => createField(datetimeKind, {}, checked('t.datetime', options)),
  date: (options?: unknown) => createField(dateKind, {}, checked('t.date', options)),
  enum: (...choices: readonly string[]) => createField(enumKind, { choices }),
  json: (options?: object) => createField(jsonKind, { ...options }, checked('t.json', options, jsonNames)),
  ref: (model: string, options?: unknown) => createField(idKind('ref', 'uuid'), {}, { target: model, ...checked('t.ref', options) }),
  user: (options?: unknown) =>
    createField(idKind('ref', 'uuid'), {}, { target: userToken, default: { me: [] }, ...checked('t.user', options) }),
  many: (model: string, via?: string, options?: unknown) =>
    createField(manyKind, {}, { target: model, ...(via !== undefined && { via }), ...checked('t.many', options) }),
  serial: (options?: unknown) => createField(idKind('id', 'serial'), { form: 'serial' }, checked('t.serial', options)),
  key: (options?: unknown) => createField(idKind('id', 'key'), { form: 'key' }, checked('t.key', options)),
  ...shapes,
  me,
}

/** The builders of fields, for apps in one file; `kit` gives the same with the names of the app's models checked. */
export const t: Types<string> = builders as unknown as Types<string>
