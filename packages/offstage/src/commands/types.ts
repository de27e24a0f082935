// `offstage types`: the API as one file of types, for frontends that do not stand beside the backend.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, parse, relative, resolve } from 'node:path'
import { OffstageError } from '../base/errors.ts'
import { registryOf } from '../app/problems.ts'
import { meCondition } from '../schema/me.ts'
import type { FieldDef, ModelDef, Registry } from '../schema/registry.ts'
import { shortPath } from '../app/seed.ts'
import { loadApp, type LoadedApp } from './load.ts'
import { out } from './terminal.ts'

export async function writeTypes(path: string, file: string): Promise<void> {
  const loaded = await loadApp(path)
  const registry = registryOf(loaded.app)
  const text = contract(loaded, registry, inferred(loaded, registry))
  mkdirSync(dirname(resolve(file)), { recursive: true })
  writeFileSync(file, text)
  out(`${shortPath(resolve(file))} written: createClient<${interfaceName(loaded)}>(url)`)
}

/** Models come from the registry; what only the TypeScript compiler knows (answers of endpoints, types of JSON) is printed by it. */
function contract(loaded: LoadedApp, registry: Registry, parts: string): string {
  const models = modelsOf(registry).map((model) => {
    const fields = [...model.fields.values()].filter(isPublic).map((field) => `        readonly ${field.name}: ${fieldType(field)}`)
    return `      readonly ${model.name}: { readonly '~fields': {\n${fields.join('\n')}\n      } }`
  })
  const user = registry.user === undefined ? 'never' : JSON.stringify(registry.user.name)
  return `// The API as its clients see it, written by \`offstage types\`. Write it anew when the app changes.

import type { Field, Many, Ref } from 'offstage/client'

type Parts = ${parts}

export interface ${interfaceName(loaded)} {
  readonly '~app': {
    readonly user: ${user}
    readonly env: {}
    readonly models: {
${models.join('\n')}
    }
  }
  readonly endpoints: Parts['endpoints']
}
`
}

const modelsOf = (registry: Registry): ModelDef[] => [...registry.models.values()].filter((model) => !model.system)
/** What clients neither see nor write need not be known to them. */
const isPublic = (field: FieldDef): boolean =>
  !((field.hidden || field.readable === 'nobody') && (field.own || field.writable === 'nobody'))

function interfaceName({ exported }: LoadedApp): string {
  return exported.charAt(0).toUpperCase() + exported.slice(1)
}

function fieldType(field: FieldDef): string {
  const name = JSON.stringify(field.target ?? '')
  if (field.kind.name === 'many') {
    return field.through === undefined
      ? `Many<${name}, ${JSON.stringify(field.via)}>`
      : `Many<${name}, never, ${JSON.stringify(field.through)}>`
  }
  const value = `${valueType(field)}${field.optional ? ' | null' : ''}`
  const flags =
    flagsOf(field)
      .map((flag) => `'${flag}'`)
      .join(' | ') || 'never'
  return field.kind.name === 'ref' ? `Ref<${name}, ${value}, ${flags}>` : `Field<'${field.kind.name}', ${value}, ${flags}>`
}

function valueType(field: FieldDef): string {
  switch (field.kind.name) {
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'datetime':
      return 'Date'
    case 'enum':
      return (field.options['choices'] as string[]).map((choice) => JSON.stringify(choice)).join(' | ')
    case 'json':
      return `Parts['json'][${JSON.stringify(field.model)}][${JSON.stringify(field.name)}]`
    default:
      return 'string'
  }
}

function flagsOf(field: FieldDef): string[] {
  const { readable } = field
  const aboutCaller = (rule: unknown): boolean => typeof rule === 'string' || meCondition(rule) !== undefined
  const masked = readable !== undefined && !aboutCaller(readable) && !(Array.isArray(readable) && readable.every(aboutCaller))
  return [
    field.optional ? 'optional' : '',
    field.default === undefined ? '' : 'me' in field.default ? 'me' : 'default',
    field.unique && !field.own ? 'unique' : '',
    field.hidden ? 'hidden' : '',
    readable === 'nobody' ? 'unreadable' : masked ? 'masked' : '',
    field.writable === 'nobody' ? 'closed' : '',
    field.own ? 'own' : '',
  ].filter(Boolean)
}

/** Lets the app's own TypeScript print types in full, names of the app's files resolved. */
function inferred(loaded: LoadedApp, registry: Registry): string {
  const folder = join(loaded.root, '.offstage', 'types')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  try {
    const config = nearestConfig(loaded.root)
    const drive = parse(folder).root
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      composite: false,
      incremental: false,
      isolatedDeclarations: false,
      noEmitOnError: false,
      noErrorTruncation: true,
      noUnusedLocals: false,
      outDir: 'out',
      rootDir: drive,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      // In Offstage's own repository the app is typed by the sources, as it runs from them.
      ...(process.execArgv.some((arg) => arg.includes('@offstage/source')) && { customConditions: ['@offstage/source'] }),
      ...(config === undefined && {
        strict: true,
        target: 'es2024',
        lib: ['es2024', 'dom'],
        module: 'nodenext',
        verbatimModuleSyntax: true,
      }),
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ ...(config && { extends: relative(folder, config) }), compilerOptions, files: ['parts.ts'], include: [] }),
    )
    writeFileSync(join(folder, 'parts.ts'), question(loaded, registry, folder))
    const result = spawnSync(process.execPath, [compiler(loaded.root), '-p', folder, '--pretty', 'false'], {
      cwd: loaded.root,
      encoding: 'utf8',
    })
    const answer = join(folder, 'out', relative(drive, folder), 'parts.d.ts')
    const printed = existsSync(answer) ? /export declare const parts: (\{[\s\S]*\});/.exec(readFileSync(answer, 'utf8'))?.[1] : undefined
    const errors = result.stdout.split('\n').filter((line) => /: error TS/.test(line) && !aboutEmit.test(line) && !line.startsWith('..'))
    if (errors.length === 0 && printed !== undefined) return printed
    throw new OffstageError('invalid_call', {
      detail: `The app does not pass the type check:\n${errors.join('\n') || result.stdout || result.stderr}`,
      hint: 'RepairTable these, then write the types again.',
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// The app's own modules are not written as declarations; that some of them could not be is no fault of theirs.
const aboutEmit = /error TS(2742|2883|4\d{3}|9\d{3}):/

function question({ file, exported }: LoadedApp, registry: Registry, folder: string): string {
  const json = modelsOf(registry).flatMap((model) => {
    const names = [...model.fields.values()]
      .filter((field) => field.kind.name === 'json' && isPublic(field))
      .map((field) => `'${field.name}'`)
    return names.length === 0 ? [] : [`${model.name}: ${names.join(' | ')}`]
  })
  return `type App = typeof import(${JSON.stringify(relative(folder, file))}).${exported}
type Full<T> = unknown extends T ? T
  : T extends string | number | boolean | bigint | symbol | null | undefined | Date | Response | ((...args: never) => unknown) ? T
  : T extends infer O ? { [K in keyof O]: Full<O[K]> } : never
type Called<E> = { readonly [K in keyof E]: E[K] extends { readonly '~endpoint': infer X } ? { readonly '~endpoint': X } : E[K] extends { readonly '~group': infer G; readonly '~prefix': infer P } ? { readonly '~group': Called<G>; readonly '~prefix': P } : never }
type JsonOf<M, F> = App extends { readonly '~app': { readonly models: infer All } } ? M extends keyof All ? All[M] extends { readonly '~fields': infer Fs } ? F extends keyof Fs ? Fs[F] extends { readonly '~value': infer V } ? Exclude<V, null> : never : never : never : never : never
// Of a property written out with its type the printer would repeat the words: names that mean nothing in the file written.
type Json = { ${json.join('; ')} }
declare function full<T>(): Full<T>
export const parts = full<{ endpoints: Called<App['endpoints']>; json: { [M in keyof Json]: { [F in Json[M]]: JsonOf<M, F> } } }>()
`
}

function nearestConfig(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'tsconfig.json'))) return join(at, 'tsconfig.json')
    if (dirname(at) === at) return undefined
  }
}

function compiler(root: string): string {
  try {
    return join(dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json')), 'bin/tsc')
  } catch {
    throw new OffstageError('invalid_call', {
      detail: 'The types are printed by TypeScript, which is not installed beside the app.',
      hint: 'npm install --save-dev typescript',
    })
  }
}
