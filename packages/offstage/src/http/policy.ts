// Which sources a browser may load for an answer: the Content-Security-Policy.

/** For data: a browser that shows it anyway runs nothing of it. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'"

const own: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
}

/** Where browsers look, in this order, for a directive that is not there; `default-src` is the last for all that load something. */
const instead: Readonly<Record<string, readonly string[]>> = {
  'script-src-elem': ['script-src'],
  'script-src-attr': ['script-src'],
  'style-src-elem': ['style-src'],
  'style-src-attr': ['style-src'],
  'frame-src': ['child-src'],
  'worker-src': ['child-src', 'script-src'],
}

/**
 * For pages of the app itself: everything from here, nothing inline, nobody frames it; and beside that the sources of `more`. They add:
 * a directive begins with what holds without it, so that naming one source never shuts out another.
 */
export function pagePolicy(more: Readonly<Record<string, readonly string[]>> = {}): string {
  const sources = (name: string): readonly string[] => {
    const there = [...(instead[name] ?? []), 'default-src'].find((one) => one !== name && (own[one] ?? more[one]))
    const before = own[name] ?? sources(there!)
    const both = [...new Set([...before, ...(more[name] ?? [])])]
    // Beside others 'none' says nothing.
    return both.length > 1 ? both.filter((source) => source !== "'none'") : both
  }
  return [...new Set([...Object.keys(own), ...Object.keys(more)])].map((name) => [name, ...sources(name)].join(' ')).join('; ')
}
