// Steps as a file of SQL that people read and may edit, and back. Before each statement stands a comment with the rest of its step:
//
//     -- step {"says":"add orders.total"}
//     alter table "orders" add column "total" numeric(10,2);

import { OffstageError } from '../base/errors.ts'
import type { Step } from '../store/operations.ts'
import { same } from './canonical.ts'

const mark = '-- step '

/** Throws `invalid_migration` for a statement that would not be read back as it is. */
export function stepsToSql(title: string, steps: readonly Step[]): string {
  const blocks = steps.map((step) => {
    if (step.kind === 'run') return `${mark}${JSON.stringify(step)}\n`
    const { kind: _, sql, ...rest } = step
    return `${mark}${JSON.stringify(rest)}\n${sql};\n`
  })
  const text = [`-- ${title}\n`, ...blocks].join('\n')
  if (!same(sqlToSteps(text), steps))
    throw new OffstageError('invalid_migration', {
      detail: `A statement of "${title}" cannot be kept in a file: it begins or ends with white space or a semicolon, or has a line that begins with "${mark}".`,
      hint: 'Write it otherwise.',
    })
  return text
}

/** Throws an Error that says in which line what is wrong. */
export function sqlToSteps(text: string): readonly Step[] {
  // Some tools give lines the ends of another system.
  const lines = (/^[^\n]*\r\n/.test(text) ? text.replaceAll('\r\n', '\n') : text).split('\n')
  const starts = lines.flatMap((line, at) => (line.startsWith(mark) ? [at] : []))
  const first = lines.slice(0, starts[0] ?? lines.length).findIndex((line) => line.trim() !== '' && !line.startsWith('--'))
  if (first !== -1) throw new Error(`line ${first + 1}: a statement without a line "${mark}{...}" before it`)
  return starts.map((start, i) => stepOf(lines[start]!, lines.slice(start + 1, starts[i + 1] ?? lines.length).join('\n'), start + 1))
}

function stepOf(line: string, body: string, number: number): Step {
  const head = parsed(line.slice(mark.length), number)
  const sql = body.trim().replace(/;$/, '').trimEnd()
  if (typeof head['says'] !== 'string') throw new Error(`line ${number}: a step needs "says", words for people`)
  if (head['kind'] === 'run') {
    if (sql !== '') throw new Error(`line ${number}: a step that runs code has no statement`)
    return head as unknown as Step
  }
  if (sql === '') throw new Error(`line ${number}: the step "${head['says']}" has no statement; remove its line too`)
  return { kind: 'sql', ...head, says: head['says'], sql }
}

function parsed(json: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new Error(`line ${number}: after "${mark.trim()}" stands no JSON object`)
}
