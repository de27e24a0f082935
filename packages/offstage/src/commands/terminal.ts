// Writing to a person: colour where the terminal shows it, tables, a progress bar, a question without an echo.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes. */
export interface Streams {
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
}

const given = new AsyncLocalStorage<Streams>()

/** What `run` writes goes to these streams instead of the process's own. */
export const writingTo = <T>(streams: Streams, run: () => T): T => given.run(streams, run)
export const streams = (): Streams => given.getStore() ?? process

/** As it is where a program reads it. */
export function out(line = ''): void {
  const { stdout } = streams()
  stdout.write(`${stdout.isTTY ? harmless(line) : line}\n`)
}

export const warn = (line = ''): void => void streams().stderr.write(`${harmless(line)}\n`)

/**
 * Text in which nothing but colours and line ends speaks to the terminal: rows, files and requests get into messages, and must not clear the
 * screen, set its title or turn what stands there around.
 */
export function harmless(text: string): string {
  return text.replace(
    /(\p{Cc})(\[[\d;]*m)?|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (all, sign: string | undefined, colour = '', at: number) => {
      const stays = sign === '\n' || sign === '\t' || (sign === '\r' && text[at + 1] === '\n') || (sign === '\u001b' && colour !== '')
      return stays ? all : `\\u${all.charCodeAt(0).toString(16).padStart(4, '0')}${colour}`
    },
  )
}

/** `styleText` itself leaves the text plain where the stream is no terminal or NO_COLOR is set. */
export const paint = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string => styleText(style, text, { stream })

/** Columns padded to their widest cell. The first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map((row, at) => (at === 0 ? paint('bold', line(row)) : line(row))).join('\n')
}

export interface Progress {
  to(done: number): void
  end(): void
}

/** Redraws one line on a terminal, at most 20 times a second; prints only the end where there is none. */
export function progress(label: string, total: number | undefined, unit = ''): Progress {
  const started = performance.now()
  const { stderr } = streams()
  const live = stderr.isTTY === true
  let drawn = 0
  let last = 0
  const draw = (done: number): void => {
    const rate = Math.round(done / Math.max((performance.now() - started) / 1000, 0.001))
    const share = total === undefined || total === 0 ? undefined : Math.min(done / total, 1)
    const bar =
      share === undefined ? '' : `${'█'.repeat(Math.round(share * 24)).padEnd(24, '░')} ${String(Math.floor(share * 100)).padStart(3)} %  `
    stderr.write(`${live ? '\r\x1b[2K' : ''}${label}  ${bar}${count(done)}${unit}  ${count(rate)}/s${live ? '' : '\n'}`)
  }
  return {
    to(done) {
      last = done
      if (!live || performance.now() - drawn < 50) return
      drawn = performance.now()
      draw(done)
    },
    end() {
      draw(last)
      if (live) stderr.write('\n')
    },
  }
}

export const count = (value: number): string => value.toLocaleString('en-US')
export const rowsOf = (value: number): string => `${count(value)} ${value === 1 ? 'row' : 'rows'}`

/** Asks on the terminal; with `hidden` nothing typed is shown. Null where there is no terminal to ask on. */
export async function ask(question: string, options: { hidden?: boolean } = {}): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  process.stderr.write(question)
  const { createInterface } = await import('node:readline/promises')
  const { Writable } = await import('node:stream')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: options.hidden ? silent : process.stderr, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    if (options.hidden) process.stderr.write('\n')
  }
}
