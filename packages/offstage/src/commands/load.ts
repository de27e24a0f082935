// From a path on the command line to the app it exports.

import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OffstageError } from '../base/errors.ts'
import { appRoot } from '../app/config.ts'
import { isApp, type AnyApp } from '../app/mountable.ts'

export interface LoadedApp {
  readonly app: AnyApp
  readonly file: string
  readonly root: string
  /** The name it is exported under. */
  readonly exported: string
}

/** The module itself, or `app.ts` / `app.js` in the folder given. */
export function appFile(path: string): string {
  const given = resolve(path)
  const names = ['app.ts', 'app.js', 'src/app.ts', 'dist/app.js']
  const candidates = existsSync(given) && statSync(given).isDirectory() ? names.map((name) => join(given, name)) : [given]
  const file = candidates.find((candidate) => existsSync(candidate))
  if (file !== undefined) return file
  throw new OffstageError('invalid_call', {
    detail: existsSync(given) ? `There is no ${names.join(', ')} in ${path === '.' ? 'this folder' : path}.` : `There is no file ${path}.`,
    hint: 'Give the file that exports the app, such as `offstage dev server/app.ts`; `offstage init my-app` writes one to begin from.',
  })
}

export async function loadApp(path: string): Promise<LoadedApp> {
  const file = appFile(path)
  const module: Record<string, unknown> = await import(pathToFileURL(file).href)
  const apps = Object.entries(module).filter((entry): entry is [string, AnyApp] => isApp(entry[1]))
  const [first] = apps
  if (first === undefined || apps.length > 1) {
    const found =
      apps.length > 1
        ? `several apps: ${apps.map(([name]) => name).join(', ')}`
        : `no app; its exports are: ${Object.keys(module).join(', ') || 'none'}`
    throw new OffstageError('invalid_call', { detail: `${path} exports ${found}.`, hint: 'export const app = defineApp({ models, ... })' })
  }
  return { app: first[1], exported: first[0], file, root: appRoot(file) }
}
