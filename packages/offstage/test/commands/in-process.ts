// A command of `offstage` in this process: as a person runs it, without the start of a Node.

import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { PassThrough } from 'node:stream'
import { run } from '../../src/commands/program.ts'
import { writingTo } from '../../src/commands/terminal.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

let version = 0
const folders = new Set<string>()

// Each run reads the files of its app anew, as a process of its own would; what is below node_modules it shares.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const isOfApp = [...folders].some((folder) => found.url.startsWith(folder)) && !found.url.includes('/node_modules/')
    return isOfApp && !found.url.includes('?') ? { ...found, url: `${found.url}?run=${version}` } : found
  },
})

/** One at a time: the working directory and the environment are the process's. */
export async function runHere(folder: string, environment: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ran> {
  folders.add(`${pathToFileURL(folder).href}/`)
  version++
  const before = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode }
  const texts = { stdout: '', stderr: '' }
  const collected = (name: keyof typeof texts): PassThrough =>
    new PassThrough().setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  const streams = { stdout: collected('stdout'), stderr: collected('stderr') }
  process.chdir(folder)
  process.env = environment
  process.exitCode = undefined
  try {
    await writingTo(streams, () => run([process.execPath, 'offstage', ...args]))
    return { code: Number(process.exitCode ?? 0), out: texts.stdout, err: texts.stderr }
  } finally {
    process.chdir(before.cwd)
    process.env = before.env
    process.exitCode = before.exitCode
  }
}
