import { OffstageError } from './errors.ts'
import { optionProblems, type OptionNames } from './options.ts'

/** Throws `invalid_call` for options that nothing would read. `what` is the function: `testApp`. */
export function refuseOptions(what: string, given: unknown, names: OptionNames<any>): void {
  const problems = optionProblems(what, given, names)
  if (problems.length === 0) return
  const hints = new Set(problems.map(({ hint }) => hint))
  throw new OffstageError('invalid_call', { detail: problems.map(({ message }) => message).join(' '), hint: [...hints].join(' ') })
}
