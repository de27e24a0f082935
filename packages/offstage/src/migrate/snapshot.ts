// The tables that a migration leads to, as a file: canonical, so that equal tables give equal bytes, and two versions can be compared.

import { strictJson } from '../base/strict-json.ts'
import type { Blueprint } from '../store/blueprint.ts'
import { canonical, sortedJson } from './canonical.ts'
import { format, snapshotHash } from './migration.ts'

export const snapshotText = (blueprint: Blueprint): string =>
  `${sortedJson({ format, sha256: snapshotHash(blueprint), ...canonical(blueprint) }, 2)}\n`

/** The blueprint, or what is wrong with the file. */
export function readSnapshot(text: string): Blueprint | string {
  let json: { readonly format?: unknown; readonly sha256?: unknown; readonly tables?: Blueprint['tables'] }
  try {
    json = strictJson(text, 'it', true) as typeof json
  } catch (error) {
    return `it is no JSON to rely on (${(error as Error).message})`
  }
  if (typeof json?.format === 'number' && json.format > format)
    return `it has format ${json.format}, which a later Offstage has written, and this one reads up to ${format}; update the package`
  if (json?.format !== format || !Array.isArray(json.tables)) return 'it says no format, or has no tables'
  try {
    const blueprint = canonical({ tables: json.tables })
    return snapshotHash(blueprint) === json.sha256 ? blueprint : 'the file was changed after it was written'
  } catch {
    return 'its tables cannot be read'
  }
}
