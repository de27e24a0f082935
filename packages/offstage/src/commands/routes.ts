import type { Route } from '../http/http.ts'
import { table } from './terminal.ts'

/** `offstage routes`: what the server answers, in the order of the paths. */
export function routesTable(routes: readonly Route[]): string {
  const lines = routes.map((route) => [route.method, route.path, route.name, route.body ?? ''])
  return table([['method', 'path', 'name', 'body'], ...lines.toSorted((a, b) => (a[1]! < b[1]! ? -1 : a[1]! > b[1]! ? 1 : 0))])
}
