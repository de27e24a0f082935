// What one kind of field knows: how its values are read, kept and shown. One kind is one file in `fields/`.

/** A value as it travels and as it is compared: datetimes are ISO text, decimals text of fixed scale, references ids. */
export type Scalar = string | number | boolean
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
/** A row in wire form: what JSON would show. Stores take and give rows in this form. */
export type Row = { [field: string]: Json }

export type KindName =
  | 'id'
  | 'text'
  | 'email'
  | 'url'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'enum'
  | 'json'
  | 'ref'
  | 'many'

/** How a database keeps values of a kind; each store maps these eight to its own column types. */
export type Storage = 'text' | 'integer' | 'real' | 'decimal' | 'boolean' | 'datetime' | 'date' | 'json'

export type Operator = 'eq' | 'in' | 'lt' | 'lte' | 'gt' | 'gte' | 'contains' | 'startsWith' | 'endsWith' | 'json'
export type MeasureName = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max'

/** What a declaration gave the field: `{ min, max, match, choices, precision, scale, ... }`; which, depends on the kind. */
export type KindOptions = Readonly<Record<string, unknown>>

/** Thrown by `read` and `readText`; whoever knows the path turns it into a field error. */
export class ValueError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Of a value that must be given and was left out, is null, or is empty text. */
export const noValue: { readonly code: 'required'; readonly message: string } = { code: 'required', message: 'A value is required.' }

export interface Kind {
  readonly name: KindName
  readonly storage: Storage
  /** Operators that a filter may use on it, `null` and `not` apart, which all have. */
  readonly operators: readonly Operator[]
  readonly measures: readonly MeasureName[]
  readonly sortable: boolean
  readonly groupable: boolean
  /** Reads a value given by a program (JSON body or TypeScript call), into wire form. Throws ValueError. Never sees null or undefined. */
  read(value: unknown, options: KindOptions): Json
  /** The same for a comparison value: its form is checked, the field's limits (`min`, `match`, `max`) are not. */
  readOperand(value: unknown, options: KindOptions): Json
  /** Reads the text of a URL parameter as a comparison value. Throws ValueError. */
  readText(text: string, options: KindOptions): Json
  /** Wire form to what server code holds: only datetimes differ (`Date`). Absent: the same. */
  toServer?(value: Json): unknown
  /** JSON Schema 2020-12 of a value. */
  jsonSchema(options: KindOptions): Record<string, unknown>
}
