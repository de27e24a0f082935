// With `--import`: a process writes down at its end which modules it has loaded, its own and those that Node keeps within.

import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  load(url, context, next) {
    loaded.add(url)
    return next(url, context)
  },
})
process.on('exit', () => {
  // Node's own list: `NativeModule internal/deps/undici/undici`.
  const native: readonly string[] = (process as any).moduleLoadList
  writeFileSync(process.env['LIST_LOADED']!, JSON.stringify({ loaded: [...loaded], native }))
})
