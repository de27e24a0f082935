// A file in the models folder that nobody imports declares nothing, silently: the only trace of it is the file.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { DeclarationProblem, Registry } from '../schema/registry.ts'

const declares = /^export const (\w+)[^=\n]*= *model\(/m

/** Models that stand in a folder called `models`, beside models of the app, and are none of them. */
export function unlistedModels(registry: Registry): DeclarationProblem[] {
  const files = new Set(
    [...registry.models.values()].flatMap(({ place, system }) => (system || !place ? [] : [resolve(place.replace(/:\d+$/, ''))])),
  )
  const folders = new Set([...files].map((file) => dirname(file)).filter((folder) => basename(folder) === 'models'))
  return [...folders].flatMap((folder) =>
    siblings(folder)
      .filter((file) => !files.has(file))
      .flatMap(problemOf),
  )
}

function siblings(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /(?<!\.d|\.test)\.[mc]?[jt]s$/.test(name))
      .map((name) => join(folder, name))
  } catch {
    // A bundle runs without the files it was made of.
    return []
  }
}

function problemOf(file: string): DeclarationProblem[] {
  const text = readFileSync(file, 'utf8')
  const found = declares.exec(text)
  if (!found) return []
  const line = text.slice(0, found.index).split('\n').length
  return [
    {
      id: 'O071',
      level: 'warning',
      place: `${relative(process.cwd(), file)}:${line}`,
      message: `${found[1]} stands in the models folder, and the app does not contain it.`,
      hint: `Export it from the folder's index: export { ${found[1]} } from './${basename(file)}'`,
    },
  ]
}
