// What Node has made of the modules is kept, so that the next start need not parse and compile them again. It is code that runs, so it
// is kept where only who may change the code may write: beside the modules, not in the folder for temporary files that everybody shares.

import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Keeps it in `node_modules/.cache/offstage`; where that cannot be written, nothing is kept and nothing is said. `NODE_COMPILE_CACHE` and
 * `NODE_DISABLE_COMPILE_CACHE` go before. Only modules that are imported after it gain from it.
 */
export function keepCompiled(): void {
  enableCompileCache(cacheFolder(new URL('../../', import.meta.url)))
}

/** Writes what is not written yet, when there is time: Node itself does so only where a process ends in order. */
export function saveCompiled(): void {
  setTimeout(flushCompileCache, 1000).unref()
}

export function cacheFolder(packageRoot: URL): string {
  const installed = packageRoot.pathname.endsWith('/node_modules/offstage/')
  return fileURLToPath(new URL(installed ? '../.cache/offstage' : 'node_modules/.cache/offstage', packageRoot))
}
