/**
 * Whether `Accept` asks for a page rather than for JSON, as a browser does where somebody has typed an address. Whoever takes both alike,
 * or anything, gets JSON.
 */
export function prefersPage(accept: string | undefined): boolean {
  // Of most clients it is one range, of which only one of texts can prefer a page.
  if (accept === undefined || !(accept.includes(',') || /^\s*text/i.test(accept))) return false
  const ranges = accept.split(',').flatMap(rangeOf)
  const page = quality(ranges, 'text', 'html')
  return page > quality(ranges, 'application', 'json') && page > quality(ranges, 'application', 'problem+json')
}

interface Range {
  readonly type: string
  readonly subtype: string
  readonly q: number
}

/** Of parameters only the quality counts here; what cannot be read is no range. */
function rangeOf(text: string): Range[] {
  const [range = '', ...parameters] = text.split(';')
  const [type, subtype, more] = range.trim().toLowerCase().split('/')
  if (!type || !subtype || more !== undefined) return []
  const q = parameters.map((parameter) => parameter.trim().toLowerCase()).find((parameter) => parameter.startsWith('q='))
  if (q === undefined) return [{ type, subtype, q: 1 }]
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? [{ type, subtype, q: Number(q.slice(2)) }] : []
}

/** The closest range decides: `text/html`, then `text/*`, then everything. */
function quality(ranges: readonly Range[], type: string, subtype: string): number {
  for (const [a, b] of [
    [type, subtype],
    [type, '*'],
    ['*', '*'],
  ]) {
    const range = ranges.find((one) => one.type === a && one.subtype === b)
    if (range) return range.q
  }
  return 0
}
