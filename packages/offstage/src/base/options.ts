// Objects of options as they come at run time: from JavaScript, spread out of another object, or past the compiler by a cast.

import { nameOfType } from './json.ts'
import { nearest } from './nearest.ts'

/** The names of an options type. The compiler keeps such a list equal to the type: one too many or too few does not compile. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>

/** An option that nothing would read, most often a misspelt one. */
export interface OptionProblem {
  readonly message: string
  readonly hint: string
}

/**
 * Everything in `given` that has no name among `names`, and `given` itself where it is no object. `what` is what takes the options:
 * `t.text`. `instead` tells what to write for names that are known to be meant another way.
 */
export function optionProblems(
  what: string,
  given: unknown,
  names: OptionNames<any>,
  instead?: (key: string) => string | undefined,
): OptionProblem[] {
  if (given === undefined) return []
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  const unknown = isObject ? Object.keys(given).filter((key) => !Object.hasOwn(names, key)) : []
  // Every error that is made comes by here: what there is to say is put together when there is something to say.
  if (isObject && unknown.length === 0) return []
  const known = Object.keys(names)
  const all = known.length === 0 ? `${what} takes no options.` : `Options of ${what}: ${known.join(', ')}.`
  if (!isObject) return [{ message: `${what} takes options as an object, and found ${nameOfType(given)}.`, hint: all }]
  return unknown.map((key) => {
    const near = nearest(key, known)
    const write = instead?.(key) ?? (near === undefined ? 'Leave it out.' : `'${near}' in place of '${shown(key)}'.`)
    return { message: `${what} has no option '${shown(key)}'.`, hint: `${write} ${all}` }
  })
}

const shown = (key: string): string => (key.length > 60 ? `${key.slice(0, 60).toWellFormed()}…` : key)

/** The same to be kept in what is declared, for the check of the whole to report. */
export function optionCheck(...asked: Parameters<typeof optionProblems>): { readonly problems?: readonly OptionProblem[] } {
  const problems = optionProblems(...asked)
  return problems.length === 0 ? {} : { problems }
}
