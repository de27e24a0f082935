/** The names of an options type. The compiler keeps such a list equal to the type. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>

/** Throws a TypeError for an option that nothing would read: a misspelt `signal` would never abort. */
export function refuseOptions(what: string, given: object | undefined, names: Readonly<Record<string, true>>): void {
  for (const name of Object.keys(given ?? {}))
    if (!Object.hasOwn(names, name)) throw new TypeError(`${what} has no option "${name}". It has: ${Object.keys(names).join(', ')}.`)
}
