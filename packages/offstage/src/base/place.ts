import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const own = dirname(dirname(fileURLToPath(import.meta.url)))

/** Remembers where it was made; the stack is turned into text only when somebody asks. */
export class Place {
  readonly #trace = new Error()
  #text: string | undefined

  /** `models/notes.ts:9`, from the working directory: the nearest line that is not Offstage's own. Empty when unknown. */
  toString(): string {
    return (this.#text ??= userLine(this.#trace.stack ?? ''))
  }
}

function userLine(stack: string): string {
  for (const line of stack.split('\n').slice(1)) {
    const match = /(?:\(|at )(?:async )?(file:\/\/\S+|\/\S.*?|[A-Za-z]:\\.*?):(\d+):\d+\)?$/.exec(line.trim())
    if (!match) continue
    const file = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!
    if (file.startsWith(own) && !file.endsWith('.test.ts')) continue
    return `${relative(process.cwd(), file)}:${match[2]}`
  }
  return ''
}
