// What requests are made of: the operations of the OpenAPI document, and values that fit its schemas.
import { nastyTexts, nastyValues, type Chance } from './chance.ts'

export interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema?: any }[]
  readonly body: any
  /** The columns of the rows it is about: those make filters that are right, or nearly so. */
  readonly row: Readonly<Record<string, any>>
}

/** What the requests are made of: the document, ids that exist, names of fields. */
export interface World {
  readonly document: any
  readonly operations: readonly Operation[]
  readonly ids: readonly string[]
  readonly fields: readonly string[]
}

export function worldOf(document: any, ids: readonly string[]): World {
  const operations: Operation[] = []
  for (const [path, item] of Object.entries<any>(document.paths)) {
    for (const [method, operation] of Object.entries<any>(item)) {
      if (!['get', 'post', 'put', 'patch', 'delete'].includes(method)) continue
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => resolve(document, parameter))
      const body = Object.values<any>(operation.requestBody?.content ?? {})[0]?.schema
      operations.push({ method: method.toUpperCase(), path, parameters, body, row: rowOf(document, path) })
    }
  }
  const fields = new Set<string>()
  for (const schema of Object.values<any>(document.components?.schemas ?? {}))
    for (const name of Object.keys(schema.properties ?? {})) fields.add(name)
  return { document, operations, ids, fields: [...fields] }
}

/** What a list at this path answers, for the other paths of the model too. */
function rowOf(document: any, path: string): Readonly<Record<string, any>> {
  const list = document.paths[path.split('/').slice(0, 3).join('/')]?.get
  const schema = resolve(document, Object.values<any>(resolve(document, list?.responses?.['200'])?.content ?? {})[0]?.schema)
  return resolve(document, schema?.properties?.data?.items)?.properties ?? {}
}

export function resolve(document: any, node: any): any {
  if (typeof node?.$ref !== 'string') return node
  return node.$ref
    .slice(2)
    .split('/')
    .reduce((at: any, key: string) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document)
}

/** A value that should fit the schema. */
export function fitting(world: World, chance: Chance, given: any, depth = 0): unknown {
  const schema = resolve(world.document, given) ?? {}
  const choice = schema.oneOf ?? schema.anyOf
  if (choice) return fitting(world, chance, chance.pick(choice), depth + 1)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part: any) => fitting(world, chance, part, depth + 1)))
  if (schema.enum) return chance.pick(schema.enum)
  if ('const' in schema) return schema.const
  const type = Array.isArray(schema.type) ? chance.pick(schema.type) : schema.type
  if (type === 'null') return null
  if (type === 'boolean') return chance.is(0.5)
  if (type === 'integer') return chance.integer(schema.minimum ?? 0, Math.min(schema.maximum ?? 100, (schema.minimum ?? 0) + 100))
  if (type === 'number') return chance.integer(0, 10000) / 100
  if (type === 'array')
    return depth > 4 ? [] : Array.from({ length: chance.integer(0, 3) }, () => fitting(world, chance, schema.items, depth + 1))
  if (type === 'string') return text(world, chance, schema)
  if (type === 'object' || schema.properties) {
    const required = new Set(schema.required ?? [])
    const entries = Object.entries<any>(schema.properties ?? {}).filter(([name]) => required.has(name) || (depth < 4 && chance.is(0.4)))
    return Object.fromEntries(entries.map(([name, property]) => [name, fitting(world, chance, property, depth + 1)]))
  }
  return chance.pick(nastyValues)
}

function text(world: World, chance: Chance, schema: any): string {
  if (schema.format === 'date-time') return new Date(Date.UTC(2026, chance.integer(0, 11), chance.integer(1, 28))).toISOString()
  if (schema.format === 'date') return '2026-03-05'
  if (schema.format === 'email') return `fuzz${chance.integer(1, 1e9)}@example.com`
  if (schema.format === 'uuid') return chance.is(0.8) && world.ids.length > 0 ? chance.pick(world.ids) : crypto.randomUUID()
  if (String(schema.pattern ?? '').includes('\\d') || schema.format === 'decimal')
    return `${chance.integer(0, 999)}.${chance.integer(10, 99)}`
  return chance.pick(['plain words', 'Ärger', 'x', ...world.fields, chance.pick(nastyTexts)])
}
