// Errors as a developer wants to see them: what is wrong, the offending line of their own file, what to write.

import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { OffstageError } from '../base/errors.ts'
import { placeOf } from '../base/place.ts'
import { isError } from '../base/realms.ts'
import { countProblems, problemsOf } from '../app/problems.ts'
import type { DeclarationProblem } from '../schema/registry.ts'
import { paint } from './terminal.ts'

const red = (text: string): string => paint(['red', 'bold'], text, process.stderr)
const dim = (text: string): string => paint('dim', text, process.stderr)

export function pretty(error: unknown, root: string): string {
  const problems = problemsOf(error)
  if (problems !== undefined) {
    const head = red(`${countProblems(problems)} in the declaration of the app`)
    return [head, ...problems.map((problem) => describeProblem(problem, root))].join('\n\n')
  }
  if (error instanceof OffstageError) {
    const list = (error.errors ?? []).map((e) => `  ${paint('bold', e.path, process.stderr)} ${e.message}`)
    const text = described(error.code, error.detail ?? error.title, error.hint, placeOf(error), root, false)
    // A refusal says all there is to say; only where something broke does it help to see what lies beneath.
    return [text, ...list, ...(error.status < 500 ? [] : causeOf(error, root))].join('\n')
  }
  if (!isError(error)) return red(String(error))
  const syntax = error.name === 'SyntaxError' ? /^(?:file:\/\/)?(\/[^\n:]+|[A-Z]:[^\n:]+):(\d+)\n/.exec(error.stack ?? '') : null
  const place = syntax ? `${relative(process.cwd(), syntax[1]!)}:${syntax[2]}` : placeOf(error)
  const code = (error as NodeJS.ErrnoException).code
  if (isOfOtherTables(error))
    return described(
      'tables_differ',
      `The tables are not those of the models: ${firstLine(error.message)}.`,
      tablesHint,
      place,
      root,
      false,
    )
  const unfound = code === 'ERR_MODULE_NOT_FOUND' ? importOf(error.message) : undefined
  if (unfound) return described(code!, firstLine(error.message), unfound.hint, unfound.place, root, false)
  return [
    described(code ?? error.name, firstLine(error.message), undefined, place, root, false),
    place === undefined ? dim(error.stack ?? '') : '',
    ...causeOf(error, root),
  ]
    .filter(Boolean)
    .join('\n')
}

/** A database that lacks a column or a table of the models, as each of them says it. */
export function isOfOtherTables(error: unknown): boolean {
  if (!isError(error)) return false
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ERR_SQLITE_ERROR' ? /^no such (column|table)/.test(error.message) : missingNames.has(code ?? '')
}

const missingNames: ReadonlySet<string> = new Set(['42703', '42P01', 'ER_BAD_FIELD_ERROR', 'ER_NO_SUCH_TABLE'])
const tablesHint =
  'offstage migrate status says what is missing. The version of the app from before the change, and SQL, read these rows; so does a `select` of fields that are there.'

/** Node says which file an import that leads nowhere stands in, and not the line. */
function importOf(message: string): { readonly place: string; readonly hint: string | undefined } | undefined {
  const [, name, file] = /^Cannot find (?:module|package) '(.+?)' imported from (.+)$/.exec(firstLine(message)) ?? []
  if (name === undefined || file === undefined || file.includes(`${sep}node_modules${sep}`) || !existsSync(file)) return undefined
  const short = basename(name)
  const at = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => /\b(import|from)\b/.test(line) && line.includes(short))
  const whole = ['.ts', '.js', `${sep}index.ts`].map((end) => name.replace(/\.js$/, '') + end).find((path) => existsSync(path))
  const meant = whole && relative(dirname(name), whole).replaceAll(sep, '/')
  const hint = !isAbsolute(name) ? `npm install ${name}` : meant && `'${meant}' in place of '${short}': an import names the whole file.`
  return at < 0 ? undefined : { place: `${relative(process.cwd(), file)}:${at + 1}`, hint }
}

export function describeProblem(problem: DeclarationProblem, root: string): string {
  return described(problem.id, problem.message, problem.hint, problem.place, root, problem.level === 'warning')
}

function described(id: string, message: string, hint: string | undefined, place: string | undefined, root: string, mild: boolean): string {
  const head = `${mild ? paint('yellow', `warning ${id}`, process.stderr) : red(id)} ${message}`
  const frame = place === undefined ? undefined : codeFrame(place, root)
  return [
    head,
    place === undefined ? '' : dim(`  at ${place}`),
    frame ?? '',
    hint === undefined ? '' : `  ${paint('green', 'Write:', process.stderr)} ${hint}`,
  ]
    .filter(Boolean)
    .join('\n')
}

function causeOf(error: Error, root: string): string[] {
  return error.cause === undefined ? [] : [dim('caused by'), pretty(error.cause, root)]
}

/** Node puts its own hints on further lines of the message; the first says what is wrong. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}

/** Two lines around the place, the offending one marked. */
function codeFrame(place: string, root: string): string | undefined {
  const match = /^(.*?):(\d+)(?::\d+)?$/.exec(place)
  const file = [resolve(match?.[1] ?? ''), join(root, match?.[1] ?? '')].find((path) => existsSync(path))
  if (match === null || file === undefined) return undefined
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  const at = Number(match[2])
  const from = Math.max(at - 2, 1)
  return lines
    .slice(from - 1, at + 1)
    .map((line, index) => {
      const number = `${String(from + index).padStart(6)} │ `
      return from + index === at ? `${red('›')}${number.slice(1)}${line}` : dim(`${number}${line}`)
    })
    .join('\n')
}
