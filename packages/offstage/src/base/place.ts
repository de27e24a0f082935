import { dirname, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const own = dirname(dirname(fileURLToPath(import.meta.url))) + sep

/** Remembers where it was made; the stack is turned into text only when somebody asks. */
export class Place {
  readonly #trace = new Error()
  #text: string | undefined

  /** `models/notes.ts:9`, from the working directory: the nearest line that is not Offstage's own. Empty when unknown. */
  toString(): string {
    return (this.#text ??= placeIn(this.#trace.stack))
  }
}

/** Where in the app an error is from: the place that it tells, or the nearest line of its stack. Undefined when unknown. */
export function placeOf(error: unknown): string | undefined {
  const { place, stack } = (error ?? {}) as { place?: unknown; stack?: unknown }
  if (typeof place === 'string' && place !== '') return place
  return (typeof stack === 'string' && placeIn(stack)) || undefined
}

/** The nearest line of a stack in the app's own files: not Offstage's, not a dependency's, not Node's. Empty when there is none. */
function placeIn(stack: string | undefined): string {
  for (const line of (stack ?? '').split('\n').slice(1)) {
    const match = /(?:\(|at )(?:async )?(file:\/\/\S+|\/\S.*?|[A-Za-z]:\\.*?):(\d+):\d+\)?$/.exec(line.trim())
    if (!match) continue
    const file = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!
    if ((file.startsWith(own) && !file.endsWith('.test.ts')) || file.includes(`${sep}node_modules${sep}`)) continue
    return `${relative(process.cwd(), file)}:${match[2]}`
  }
  return ''
}
