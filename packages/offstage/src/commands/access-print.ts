// The same sections for a terminal and for a file beside the app.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { accessSections } from './access.ts'
import type { Section } from './access-lines.ts'
import type { AppDeclaration } from '../schema/app.ts'
import type { DeclarationProblem, Registry } from '../schema/registry.ts'
import { paint } from './terminal.ts'

const widest = 100
const gap = 2

const rest =
  'Whatever is not named here is refused. A row must pass a rule before it is updated and after, unless `update to` stands beside it.'
const unbound = "The app's own code is bound by no rule where it asks as the system: db.system, hooks that use it, seeds."

/** For a terminal of so many columns, 100 at most. */
export function accessText(sections: readonly Section[], columns: number = widest): string {
  const width = Math.max(Math.min(columns, widest), 60)
  return [...sections.map((section) => sectionText(section, width)), [...wrapped(rest, width), ...wrapped(unbound, width)].join('\n')].join(
    '\n\n',
  )
}

/** The heading and the lines, without columns in which nothing stands. */
function rowsOf({ headings, lines }: Section): readonly (readonly string[])[] {
  const rows = [headings, ...lines.map(({ what, who, rows: which }) => [what, who, which])]
  return rows.map((row) => row.filter((_, at) => rows.some((other) => other[at] !== '')))
}

function sectionText(section: Section, width: number): string {
  const { title, note, place } = section
  const [headings, ...lines] = rowsOf(section) as [readonly string[], ...(readonly string[])[]]
  const cells = lines.map((row, at) => (lines[at - 1]?.[0] === row[0] ? ['', ...row.slice(1)] : row))
  const natural = headings.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]!.length)))
  const first = Math.min(natural[0]!, Math.floor(width * 0.45))
  const left = width - first - gap
  const widths = headings.length < 3 ? [first, left] : [first, Math.min(natural[1]!, Math.floor(left / 2))]
  if (headings.length === 3) widths.push(left - widths[1]! - gap)
  const row = (texts: readonly string[]): string[] => {
    const columns = texts.map((text, column) => wrapped(text, widths[column]!, '  '))
    const height = Math.max(...columns.map((column) => column.length))
    return Array.from({ length: height }, (_, line) =>
      columns
        .map((column, at) => (column[line] ?? '').padEnd(widths[at]!))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
  }
  return [
    `${paint('bold', title)}${place === undefined ? '' : paint('dim', `  ${place}`)}`,
    ...(note === undefined ? [] : wrapped(note, width).map((line) => paint('dim', line))),
    ...(headings.some(Boolean) ? row(headings).map((line) => paint('dim', line)) : []),
    ...cells.flatMap(row),
  ].join('\n')
}

/** Broken between words; what hangs over begins so much further in. */
function wrapped(text: string, width: number, further = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line.trim() === '' || longer.length <= width) line = longer
    else {
      lines.push(line)
      line = `${further}${word}`
    }
  }
  return [...lines, line]
}

// --- for reviewers

const name = 'access.md'
const mark = '<!-- Written by `offstage access --out`'

/** Without line numbers and times: it differs from what it was where rights do. */
export function accessMarkdown(app: AppDeclaration, registry: Registry): string {
  const parts = accessSections(app, registry).map((section) => {
    const { title, note } = section
    const [headings, ...lines] = rowsOf(section)
    const table = [headings!, headings!.map(() => '---'), ...lines]
    return [
      `## ${cell(title)}`,
      ...(note === undefined ? [] : [note]),
      table.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n'),
    ].join('\n\n')
  })
  return `${[
    `# Who may do what${app.title === undefined ? '' : ` in ${cell(app.title)}`}`,
    `${mark}. Change the rules and write it again; \`offstage check\` compares it with them. -->`,
    ...parts,
    `${rest} ${unbound}`,
  ].join('\n\n')}\n`
}

/** Texts of the app may hold what Markdown would take for its own. */
const cell = (text: string): string => text.replace(/[\\|<*[\]]|\b_|_\b/g, (sign) => `\\${sign}`).replaceAll('\n', ' ')

/** A file that was written by us and says other than the rules do. */
export function staleAccess(app: AppDeclaration, registry: Registry, file: string, path: string): DeclarationProblem[] {
  const out = join(dirname(file), name)
  if (!existsSync(out)) return []
  const found = readFileSync(out, 'utf8').replaceAll('\r\n', '\n')
  if (!found.includes(mark) || found === accessMarkdown(app, registry)) return []
  const shown = relative(process.cwd(), out)
  return [
    {
      id: 'O105',
      level: 'error',
      place: shown,
      message: `${shown} does not say what the rules say any more.`,
      hint: `offstage access ${path === '.' ? '' : `${path} `}--out ${shown}, and look at what has changed.`,
    },
  ]
}
