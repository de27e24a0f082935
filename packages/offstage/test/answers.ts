// Holds answers of a running app against its own OpenAPI document: what is not in the document must not be said.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

export interface Answer {
  readonly method: string
  /** With or without `?` and what follows. */
  readonly path: string
  readonly status: number
  /** The `content-type`, as sent. */
  readonly type: string | null
  readonly body: string
}

export interface Verdict {
  /** As the document has it: `GET /api/articles/{slug}`. Undefined where nothing is documented. */
  readonly operation: string | undefined
  /** Empty if all is as documented. */
  readonly problems: readonly string[]
}

export type Judge = (answer: Answer) => Verdict

interface Operation {
  readonly responses?: Readonly<Record<string, { readonly $ref?: string; readonly content?: Readonly<Record<string, object>> }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Names of a JSON pointer, as a reference of a schema has them. */
const pointer = (...names: readonly string[]): string =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

export const told = (errors: readonly ErrorObject[] | null | undefined): string[] =>
  (errors ?? []).map(({ instancePath, message, params }) => `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`)

/** Formats that nobody knows are remarks, as JSON Schema says. */
export const openSchemas = (): Ajv2020 => formats.default(new Ajv2020({ strict: false, allErrors: true, logger: false }))

export function openJudge(document: object): Judge {
  const { paths } = document as Document
  const schemas = openSchemas().addSchema(document, 'document', false, false)
  // Where `/articles/feed` and `/articles/{slug}` both fit, the one with fewer names is meant.
  const templates = Object.keys(paths)
    .toSorted((a, b) => namesIn(a) - namesIn(b))
    .map((template) => ({ template, fits: pattern(template) }))

  return ({ method, path, status, type, body }) => {
    const [plain] = path.split('?') as [string]
    const verb = method.toLowerCase()
    const template = templates.find((one) => one.fits.test(plain) && paths[one.template]![verb])?.template
    if (template === undefined) return { operation: undefined, problems: [`${method} ${plain} is not in the document`] }
    const operation = `${method} ${template}`
    const here = ['paths', template, verb, 'responses', String(status)]
    let answer = paths[template]![verb]!.responses?.[status]
    if (answer === undefined) return { operation, problems: [`the status ${status} is not in the document: ${body.slice(0, 300)}`] }
    if (answer.$ref !== undefined) {
      here.splice(0, here.length, ...answer.$ref.slice(2).split('/'))
      answer = here.reduce<any>((node, name) => node?.[name], document) as typeof answer
    }
    return { operation, problems: content(answer.content, here, type, body) }
  }

  function content(documented: Readonly<Record<string, object>> | undefined, here: string[], type: string | null, body: string): string[] {
    if (documented === undefined) return body === '' ? [] : [`a body where none is documented: ${body.slice(0, 300)}`]
    const media = type?.split(';')[0]?.trim() ?? ''
    if (!Object.hasOwn(documented, media)) return [`the type '${type}' is not in the document (${Object.keys(documented).join(', ')})`]
    if (!/[/+]json$/.test(media)) return []
    let value: unknown
    try {
      value = JSON.parse(body)
    } catch {
      return [`no JSON: ${body.slice(0, 300)}`]
    }
    if (!('schema' in documented[media]!)) return []
    const reference = `document#${pointer(...here, 'content', media, 'schema')}`
    const check = schemas.getSchema(reference) ?? schemas.compile({ $ref: reference })
    return check(value) ? [] : [...told(check.errors), `the body was ${body.slice(0, 300)}`]
  }
}

const namesIn = (template: string): number => template.split('{').length

const pattern = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split(/\{[^}]*\}/)
      .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`))
      .join('[^/]+')}$`,
  )
