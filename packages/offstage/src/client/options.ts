import type { OptionNames } from '../base/options.ts'

/** Throws a TypeError for an option that nothing would read: a misspelt `signal` would never abort. */
export function refuseOtherOptions(what: string, given: object | undefined, names: OptionNames<any>): void {
  for (const name of Object.keys(given ?? {}))
    if (!Object.hasOwn(names, name)) throw new TypeError(`${what} has no option "${name}". It has: ${Object.keys(names).join(', ')}.`)
}
