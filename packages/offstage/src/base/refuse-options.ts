import { OffstageError } from './errors.ts'
import { nameOfType } from './json.ts'
import { optionProblems, type OptionNames } from './options.ts'
import { Place } from './place.ts'

/** Throws `invalid_call` for options that nothing would read. `what` is the function: `testApp`. */
export function refuseOptions(what: string, given: unknown, names: OptionNames<any>): void {
  const problems = optionProblems(what, given, names)
  if (problems.length === 0) return
  const hints = new Set(problems.map(({ hint }) => hint))
  throw new OffstageError('invalid_call', { detail: problems.map(({ message }) => message).join(' '), hint: [...hints].join(' ') })
}

/** Throws `declaration`, with its line, for what a declaring call cannot begin with: without an object there is nothing to check later. */
export function requireObject(call: string, given: unknown, write: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return
  const place = new Place().toString()
  throw new OffstageError('declaration', {
    detail: `${call} takes an object, and found ${nameOfType(given)}.`,
    hint: `Write ${write}.`,
    place,
  })
}
