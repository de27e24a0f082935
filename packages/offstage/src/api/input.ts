// What an endpoint is given, read by its declaration: fields and shapes, or any Standard Schema.

import { mostErrors, OffstageError } from '../base/errors.ts'
import { isStandard, shapeOf, type Input, type StandardSchema } from '../schema/endpoint.ts'
import { Faults, infoOf, openReader } from '../schema/read-shape.ts'
import type { Registry } from '../schema/registry.ts'
import type { ObjectInfo, ShapeNode } from '../schema/shape.ts'

/** Reads the JSON of a body, `undefined` for none. Gives what `run` receives. */
export function openBody(registry: Registry, input: Input): (body: unknown) => unknown {
  if (isStandard(input)) return (body = {}) => readStandard(input, body)
  const part = shapeOf(input)
  const { is, optional, default: fallback } = part.shape
  const list = is === 'list'
  const read = reader(registry, part, 'body')
  return (body) => {
    // Of what takes names, nothing at all says that each of them is left out.
    if (body === undefined && (!list || fallback || optional)) return read(fallback || optional ? undefined : {})
    if (body === null ? optional : typeof body === 'object' && Array.isArray(body) === list) return read(body)
    throw new OffstageError('malformed', {
      detail: list ? 'The body must be a JSON list, such as [1, 2].' : 'The body must be a JSON object, such as {"name":"value"}.',
    })
  }
}

/** Reads the part of a URL after `?`. */
export function openQuery(registry: Registry, input: Input): (query: string) => unknown {
  if (isStandard(input))
    return (query) =>
      readStandard(
        input,
        readParameters(query, () => 'one'),
      )
  const part = shapeOf(input)
  const { parts, others } = part.shape as ObjectInfo
  const forms = new Map(Object.entries(parts).map(([name, inner]) => [name, 'is' in infoOf(inner) ? 'list' : 'one'] as const))
  const read = reader(registry, part, 'address')
  return (query) => read(readParameters(query, (name) => forms.get(name) ?? (others === 'drop' ? undefined : 'one')))
}

/** Reads the `:names` of a path. */
export function openParams(registry: Registry, input: Input): (values: Readonly<Record<string, string>>) => unknown {
  return isStandard(input) ? (values) => readStandard(input, values) : reader(registry, shapeOf(input), 'address')
}

function reader(registry: Registry, part: ShapeNode, from: 'body' | 'address'): (given: unknown) => unknown {
  const read = openReader(registry, part, from === 'body' ? 'json' : 'text')
  return (given) => {
    const faults = new Faults()
    const result = read(given, '', faults)
    if (faults.unknown.length > 0) throw unknownNames(faults, from)
    if (faults.values.length > 0) throw new OffstageError('invalid_values', { errors: faults.values })
    return result
  }
}

function unknownNames({ unknown, known }: Faults, from: 'body' | 'address'): OffstageError {
  const owner = unknown[0]!.split('.').slice(0, -1).join('.')
  const detail = `${owner === '' ? 'This' : owner} takes ${known.length === 0 ? 'nothing' : known.join(', ')}.`
  const [code, message] =
    from === 'address'
      ? (['unknown_parameter', 'There is no such parameter.'] as const)
      : (['unknown_field', 'There is no such field.'] as const)
  return new OffstageError(code, { detail, errors: unknown.map((path) => ({ path, code, message })) })
}

async function readStandard(schema: StandardSchema, values: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(values)
  if (result.issues === undefined) return result.value
  const errors = issuesOf(result.issues).map((issue) => ({ ...issue, code: 'invalid' }))
  throw new OffstageError('invalid_values', { errors })
}

type Issues = Extract<Awaited<ReturnType<StandardSchema['~standard']['validate']>>, { readonly issues: object }>['issues']
/** The first 100, with dotted paths. */
export const issuesOf = (issues: Issues): { readonly path: string; readonly message: string }[] =>
  issues.slice(0, mostErrors).map(({ message, path }) => ({
    path: (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
    message,
  }))

/** The parameters of a URL by name: `form` tells which are lists, and leaves out those it does not know. Any other that comes twice has no meaning. */
function readParameters(query: string, form: (name: string) => 'one' | 'list' | undefined): Record<string, unknown> {
  if (query === '') return {}
  const values = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(query)) {
    const as = form(name)
    const before = values.get(name)
    if (Array.isArray(before)) before.push(value)
    else if (as && before !== undefined) throw new OffstageError('malformed', { detail: 'A parameter of the address is given twice.' })
    else if (as) values.set(name, as === 'list' ? [value] : value)
  }
  // Made of entries, `__proto__` is a name like any other, and unknown.
  return Object.fromEntries(values)
}
