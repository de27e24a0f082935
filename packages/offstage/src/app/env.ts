import type { AppDeclaration } from '../schema/app.ts'
import type { Json } from '../schema/kind.ts'
import type { EnvField } from './config.ts'

/** The app's own variables, as the configuration reads them. */
export function declaredEnv(app: AppDeclaration): ReadonlyMap<string, EnvField> {
  return new Map(
    Object.entries(app.env).map(([name, { info }]) => {
      const { kind, options, optional = false } = info
      return [
        name,
        { kind, options, optional, ...(info.default && 'value' in info.default ? { default: info.default.value as Json } : {}) },
      ]
    }),
  )
}
