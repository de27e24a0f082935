/** Longer ones are no slip of the pen, and comparing them would cost more than a message is worth. */
const longest = 60

/** The known name that a misspelt one most likely means; undefined when none is near. Case does not count. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined
  const given = name.toLowerCase()
  let best: string | undefined
  let least = Infinity
  for (const candidate of known) {
    const other = candidate.toLowerCase()
    const steps = distance(given, other)
    const near = steps <= Math.max(1, Math.floor(Math.max(given.length, other.length) / 3))
    // `maxLength` is as near to `max` as a slip is, whatever the letters after it.
    const beginning = Math.min(given.length, other.length) >= 3 && (given.startsWith(other) || other.startsWith(given))
    if ((near || beginning) && steps < least) [best, least] = [candidate, steps]
  }
  return best
}

/** Letters to put in, leave out, change, or exchange with the next one. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(change, last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    ;[before, last] = [last, row]
  }
  return last[b.length]!
}

/** `Did you mean 'users'?`, or all names where none is near. `what` begins the list: `The models are`. */
export function didYouMean(name: string, known: Iterable<string>, what: string): string {
  const names = [...known]
  const near = nearest(name, names)
  return near === undefined ? `${what}: ${names.join(', ')}.` : `Did you mean '${near}'?`
}
