import type { Route } from './http.ts'

/** Which routes stand at a path, whatever the method: for 405, `Allow` and preflights. Linear, as only misses ask. */
export function openPaths(routes: readonly Route[]): (path: string) => readonly Route[] {
  const compiled = routes.map((route) => ({ route, segments: route.path.split('/') }))
  return (path) => {
    const parts = path.split('/')
    return compiled.filter(({ segments }) => fits(segments, parts)).map(({ route }) => route)
  }
}

function fits(segments: readonly string[], parts: readonly string[]): boolean {
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!
    const part = parts[i]
    if (segment === '*') return part !== undefined
    if (part === undefined || (segment.startsWith(':') ? part === '' : segment !== part)) return false
  }
  return segments.length === parts.length
}

/** The value of `Allow`. */
export function allowOf(routes: readonly Route[]): string {
  const methods = new Set<string>()
  for (const { method } of routes) {
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
  }
  methods.add('OPTIONS')
  return [...methods].join(', ')
}
