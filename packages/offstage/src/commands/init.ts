// `offstage init`: a small app to begin from, the same as examples/notes in the repository.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { OffstageError } from '../base/errors.ts'
import { out, paint } from './terminal.ts'

const template = resolve(import.meta.dirname, '../../template')
const files = ['app.ts', 'package.json', 'tsconfig.json', '.gitignore']

/** Writes nothing if one of the files is there already. */
export function init(path: string): void {
  const folder = resolve(path)
  const taken = files.filter((file) => existsSync(join(folder, file)))
  if (taken.length > 0) {
    throw new OffstageError('invalid_call', {
      detail: `${relative(process.cwd(), folder) || '.'} already has ${taken.join(', ')}; nothing was written.`,
      hint: `offstage init ${freeFolder()}`,
    })
  }
  mkdirSync(folder, { recursive: true })
  for (const file of files) {
    // npm leaves files called .gitignore out of packages, so the template keeps it without the dot.
    const text = readFileSync(join(template, file.replace(/^\./, '')), 'utf8')
    writeFileSync(join(folder, file), fitted(file, text, folder))
  }
  const here = relative(process.cwd(), folder)
  out(`${files.length} files written${here === '' ? '' : ` to ${here}`}. Now:\n`)
  out(
    paint(
      'bold',
      [here === '' ? '' : `cd ${here}`, 'npm install', 'npm run dev']
        .filter(Boolean)
        .map((line) => `  ${line}`)
        .join('\n'),
    ),
  )
}

function freeFolder(): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'my-app' : `my-app-${number}`
    if (!existsSync(name)) return name
  }
}

const packageRoot = resolve(import.meta.dirname, '../..')

function fitted(file: string, text: string, folder: string): string {
  const named = file === 'package.json' ? text.replace('"notes"', JSON.stringify(packageName(folder))) : text
  if (packageRoot.includes(`${sep}node_modules${sep}`)) return named
  // From the repository: no registry need have this version, so the app takes the package as it stands here, by its sources.
  if (file === 'package.json')
    return named.replace(/("offstage": )"[^"]*"/, `$1${JSON.stringify(`file:${relative(folder, packageRoot).replaceAll(sep, '/')}`)}`)
  return file === 'tsconfig.json'
    ? named.replace('"include"', '"compilerOptions": { "customConditions": ["@offstage/source"] },\n  "include"')
    : named
}

function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? 'my-app' : name
}
