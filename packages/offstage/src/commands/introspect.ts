// `offstage introspect <url>`: models for a database that is there already, written as files to go on from.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { databaseOf, urlProblem } from '../app/database-url.ts'
import { openStore } from '../app/database.ts'
import { OffstageError } from '../base/errors.ts'
import { adopt, type Adoption } from '../migrate/adopt.ts'
import { resolve as resolveModels } from '../schema/resolve.ts'
import { out, paint } from './terminal.ts'

export interface IntrospectOptions {
  /** The folder to write to. Default: this one. */
  readonly out: string
}

/** Throws rather than write over a file. */
export async function introspect(url: string, options: IntrospectOptions): Promise<void> {
  const problem = urlProblem(url)
  if (problem !== undefined) throw new OffstageError('invalid_call', { detail: `The address ${problem}.` })
  const database = databaseOf(url, [], process.cwd())
  if (database.kind === 'sqlite' && !existsSync(database.file))
    throw new OffstageError('invalid_call', { detail: `There is no file ${database.file}.` })
  const store = await openStore(resolveModels({ models: {} }), database)
  let adoption: Adoption
  try {
    adoption = adopt(await store.tables.introspect(), store.dialect)
  } finally {
    await store.close()
  }
  const files = filesOf(adoption)
  const folder = resolve(options.out)
  const there = [...files.keys()].filter((file) => existsSync(join(folder, file)))
  if (there.length > 0) {
    throw new OffstageError('invalid_call', {
      detail: `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already; nothing was written.`,
      hint: 'Give an empty folder: offstage introspect <url> --out adopted',
    })
  }
  for (const [file, source] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), source)
  }
  out(
    `\n${adoption.models.length} models, in ${relative(process.cwd(), folder) || '.'}: ${adoption.models.map(({ name }) => name).join(', ')}`,
  )
  for (const said of adoption.left) out(paint('yellow', `  left out: ${said}`))
  out('\nNobody may read or write anything yet: give each model its rules with access(...).')
  out('Set DATABASE_URL to the address you gave, then: offstage dev\n')
}

/** The app as a folder: the kit that ties the types, a file for each model, the app. */
function filesOf({ models }: Adoption): ReadonlyMap<string, string> {
  if (models.length === 0) throw new OffstageError('invalid_call', { detail: 'The database has no table that could become a model.' })
  return new Map([
    [
      'kit.ts',
      [
        `import { kit } from 'offstage'`,
        `import type * as models from './models/index.ts'`,
        '',
        'export interface Types {',
        '  models: typeof models',
        '}',
        '',
        'export const { me, t, model, endpoint } = kit<Types>()',
        '',
      ].join('\n'),
    ],
    ...models.map(({ name, source }) => [`models/${name}.ts`, `import { model, t } from '../kit.ts'\n\n${source}`] as const),
    ['models/index.ts', models.map(({ name }) => `export { ${name} } from './${name}.ts'\n`).join('')],
    [
      'app.ts',
      `import { defineApp } from 'offstage'\nimport * as models from './models/index.ts'\n\nexport const app = defineApp({ models })\n`,
    ],
  ])
}
