// The code of a migration: `data.ts` beside its SQL.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OffstageError } from '../base/errors.ts'
import type { DataSteps } from './define-data.ts'
import { dataFile } from './files.ts'

export async function loadDataSteps(folder: string): Promise<DataSteps> {
  const file = join(folder, dataFile)
  if (!existsSync(file))
    throw new OffstageError('invalid_migration', { detail: `A step of ${folder} is code, and there is no data.ts in it.`, place: folder })
  const module = (await import(pathToFileURL(file).href)) as { readonly steps?: DataSteps }
  if (typeof module.steps === 'object' && module.steps !== null) return module.steps
  throw new OffstageError('invalid_migration', {
    detail: `${file} exports no steps.`,
    hint: `import { dataSteps } from 'offstage', then: export const steps = dataSteps({ ... })`,
  })
}

/** Throws until it is filled in: the step would otherwise be taken for done. */
export function dataSkeleton(names: readonly string[]): string {
  const steps = names.map((name) => {
    const [table, column] = name.split('.')
    const key = /^[a-z]\w*$/i.test(name) ? name : `'${name}'`
    return `  ${key}: {
    table: '${table}',
    where: { ${column ?? 'column'}: null },
    run: (rows) =>
      rows.map((row) => {
        // Rows are as in the database: names of columns, decimals and instants as text. Give what changes.
        throw new Error('The value of ${name} is not worked out yet: write it into data.ts of this migration.')
        // return { ${column ?? 'column'}: row.other }
      }),
  },`
  })
  return `import { dataSteps } from 'offstage'\n\nexport const steps = dataSteps({\n${steps.join('\n')}\n})\n`
}
