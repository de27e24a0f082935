import { codes, type Code } from './codes.ts'
import { optionProblems, type OptionNames } from './options.ts'

/** One thing wrong with one value: `path` as in the body (`lines.0.quantity`), `code` for programs, `message` for people. */
export interface FieldError {
  readonly path: string
  readonly code: string
  readonly message: string
}

/** Callers can send tens of thousands of wrong values: the answer shall not be longer than what they sent. */
export const mostErrors = 100

export interface ErrorOptions {
  /** One or two sentences for whoever reads the answer: what was expected, what was found, what to write. */
  readonly detail?: string | undefined
  /** Only for codes that are not Offstage's own. Default: the code's status. */
  readonly status?: number | undefined
  readonly title?: string | undefined
  readonly errors?: readonly FieldError[] | undefined
  /** What the developer should write; leaves the process in development only. */
  readonly hint?: string | undefined
  /** Where in the app's files: `models/notes.ts:9`; leaves the process in development only. */
  readonly place?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The model whose row or rule it is about, for the `problem` of a group. Offstage's own form does not show it. */
  readonly model?: string | undefined
  readonly cause?: unknown
}

// What is no status of an error could not be sent, or would pass for a success.
const sound = (status: number): number => (Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500)

/** A title for a code of the app's own: `out_of_stock` is "Out of stock". */
const inWords = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')

const optionNames: OptionNames<ErrorOptions> = {
  detail: true,
  status: true,
  title: true,
  errors: true,
  hint: true,
  place: true,
  headers: true,
  model: true,
  cause: true,
}

/** The one error class. `code` says what went wrong, `message` what to do about it. */
export class OffstageError extends Error {
  override readonly name = 'OffstageError'
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly FieldError[] | undefined
  readonly hint: string | undefined
  readonly place: string | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly model: string | undefined

  constructor(code: Code | (string & {}), options: ErrorOptions = {}) {
    const known = Object.hasOwn(codes, code) ? codes[code as Code] : undefined
    const title = options.title ?? known?.title ?? inWords(code)
    const list = options.errors?.map((e) => `${e.path}: ${e.message}`).join('; ')
    super([options.detail ?? title, list, options.hint].filter(Boolean).join(' '), { cause: options.cause })
    this.code = code
    this.status = sound(options.status ?? known?.status ?? 500)
    this.title = title
    this.detail = options.detail
    this.errors = options.errors
    this.hint = options.hint
    this.place = options.place
    this.headers = options.headers
    this.model = options.model
    const [problem] = optionProblems('OffstageError', options, optionNames)
    if (problem) throw new OffstageError('invalid_call', { detail: problem.message, hint: problem.hint, cause: this })
  }

  /** The same error, but for these. */
  with(changes: ErrorOptions): OffstageError {
    const { code, detail, status, title, errors, hint, place, headers, model, cause } = this
    return new OffstageError(code, { detail, status, title, errors, hint, place, headers, model, cause, ...changes })
  }
}

/** 503 tells the caller to try again; any other 5xx is not the caller's affair. */
export const isInternal = ({ status }: OffstageError): boolean => status >= 500 && status !== 503
