// What `defineApp` gives at run time: the declaration, and the way to run it inside a server of one's own.

import { OffstageError } from '../base/errors.ts'
import type { OptionNames } from '../base/options.ts'
import { refuseOptions } from '../base/refuse-options.ts'
import type { AppDeclaration, Mountable } from '../schema/app.ts'

// A symbol of the registry: the command may be another copy of Offstage than the one that the app imports.
const brand = Symbol.for('offstage.app')

const openNames: OptionNames<NonNullable<Parameters<Mountable['open']>[0]>> = { mode: true }

export type AnyApp = AppDeclaration & Mountable

export function isApp(value: unknown): value is AnyApp {
  return value !== null && typeof value === 'object' && brand in value
}

export function mountable(declaration: AppDeclaration): AnyApp {
  let opened: ReturnType<Mountable['open']> | undefined
  const open: Mountable['open'] = async (options = {}) => {
    refuseOptions('open', options, openNames)
    const { mode = 'production' } = options
    if (mode !== 'production' && mode !== 'development')
      throw new OffstageError('invalid_call', { detail: `open has the mode '${String(mode)}'; it takes 'production' or 'development'.` })
    // Only who runs the app inside a process of their own pays for loading the server here.
    const [{ openApp }, { readConfig, appRoot, fileOf }, { declaredEnv }] = await Promise.all([
      import('./open.ts'),
      import('./config.ts'),
      import('./env.ts'),
    ])
    const file = fileOf(app)
    const config = readConfig({ mode, root: appRoot(file), environment: process.env, declared: declaredEnv(app) })
    return openApp(app, { config, own: true })
  }
  const app: AnyApp = Object.assign(declaration, {
    [brand]: true as const,
    open,
    async fetch(request: Request, options?: { readonly ip?: string }): Promise<Response> {
      opened ??= open().catch((error: unknown) => {
        // The next request tries again: the database may be free by then.
        opened = undefined
        throw error
      })
      // Frameworks hand on a second argument of their own.
      return (await opened).fetch(request, typeof options?.ip === 'string' ? { ip: options.ip } : {})
    },
  })
  return app
}
