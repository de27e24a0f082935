import { didYouMean } from '../base/nearest.ts'
import type { AppDeclaration } from './app.ts'
import type { Report } from './report.ts'
import { checkGroup } from './check-groups.ts'
import { checkEndpointOptions } from './check-options.ts'
import { checkInput, type Checking } from './check-parts.ts'
import { EndpointNode, isStandard, shapeOf } from './endpoint.ts'
import { GroupNode, type GroupOptions } from './group.ts'
import { codes } from '../base/codes.ts'
import { namePattern, reservedEndpoints } from './names.ts'
import type { Registry } from './registry.ts'
import type { ObjectInfo } from './shape.ts'

/** An endpoint with the method and path it answers. */
export interface RoutedEndpoint {
  /** `checkout`, or `payments.webhook` in a group. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly node: EndpointNode
  readonly group: GroupOptions | undefined
}

/** All endpoints of the app, those of groups included. */
export function routedEndpoints(app: Pick<AppDeclaration, 'endpoints'>): RoutedEndpoint[] {
  return Object.entries(app.endpoints).flatMap(([name, node]) => {
    if (node instanceof EndpointNode) return [routed(name, name, node, undefined)]
    if (!(node instanceof GroupNode)) return []
    return Object.entries(node.endpoints).flatMap(([inner, endpoint]) =>
      endpoint instanceof EndpointNode ? [routed(`${name}.${inner}`, inner, endpoint, node.options)] : [],
    )
  })
}

function routed(name: string, own: string, node: EndpointNode, group: GroupOptions | undefined): RoutedEndpoint {
  const { method = 'POST', path } = node.spec
  const prefix = group?.prefix
  const whole = prefix === undefined ? (path ?? `/api/call/${name.replace('.', '/')}`) : `${prefix}${path ?? `/${own}`}`
  return { name, method, path: whole, node, group }
}

export function checkEndpoints(report: Report, app: AppDeclaration, registry: Registry): void {
  const checking: Checking = { report, registry, names: new Map() }
  for (const [name, node] of Object.entries(app.endpoints)) {
    if ((node as unknown) instanceof GroupNode) checkGroup(checking, name, node as GroupNode)
    else if (!((node as unknown) instanceof EndpointNode))
      report({
        id: 'O060',
        message: `endpoints.${name} is not an endpoint.`,
        hint: 'Write endpoint({ allow, run }), and export only endpoints from the endpoints folder.',
      })
  }
  const taken = new Map<string, string>()
  const rooms = new Set(['batch', 'live', 'call', ...(app.login?.routes === false ? [] : ['auth'])])
  for (const endpoint of routedEndpoints(app)) {
    checkOne(report, endpoint)
    checkRoute(report, endpoint, { registry, rooms })
    checkValues(checking, endpoint)
    // Parameters take any text, so their names do not keep two paths apart.
    const key = `${endpoint.method} ${endpoint.path.replace(/:[^/]+/g, ':')}`
    const twin = taken.get(key)
    if (twin !== undefined)
      report({
        id: 'O062',
        place: endpoint.node.place.toString(),
        message: `${endpoint.name} and ${twin} both answer ${endpoint.method} ${endpoint.path}.`,
        hint: 'Give one another method or path.',
      })
    taken.set(key, endpoint.name)
  }
}

function checkValues(checking: Checking, { name, node: { spec, place } }: RoutedEndpoint): void {
  const at = { ...checking, place: place.toString() }
  for (const from of ['query', 'params'] as const) checkInput(at, `${from} of ${name}`, spec[from], from)
  for (const what of ['input', 'output'] as const) checkInput(at, `${what} of ${name}`, spec[what])
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

function checkOne(report: Report, { name, method, node }: RoutedEndpoint): void {
  const place = node.place.toString()
  const { spec } = node
  checkEndpointOptions(report, name, spec, place)
  for (const part of name.split('.')) {
    if (!namePattern.test(part) || reservedEndpoints.has(part)) {
      report({
        id: 'O061',
        place,
        message: `'${part}' cannot be the name of an endpoint.`,
        hint: 'Begin with a small letter; then letters and digits, 40 at most.',
      })
    }
  }
  if (spec.allow === undefined)
    report({
      id: 'O063',
      place,
      message: `${name} does not say who may call it.`,
      hint: "Add allow: 'signed-in', 'everyone' or me.is({ ... }).",
    })
  if (spec.authenticate === false && spec.allow !== undefined && spec.allow !== 'everyone')
    report({
      id: 'O082',
      place,
      message: `${name} does not ask who calls, and not everyone may call it.`,
      hint: "Leave out authenticate: false, or write allow: 'everyone'.",
    })
  if (typeof spec.run !== 'function')
    report({ id: 'O063', place, message: `${name} has nothing to run.`, hint: 'Add run: async ({ input, db, user }) => { ... }.' })
  if (!methods.has(method))
    report({
      id: 'O064',
      place,
      message: `${name} has the method '${String(method)}'.`,
      hint: didYouMean(String(method), methods, 'Choose from'),
    })
  if ((method === 'GET' || method === 'DELETE') && (spec.input !== undefined || spec.body === 'raw')) {
    report({
      id: 'O065',
      place,
      message: `${name} is a ${method} with a body, which proxies and browsers drop.`,
      hint: 'Use `query` for parameters of the URL, or another method.',
    })
  }
  if (spec.body === 'raw' && spec.input !== undefined)
    report({
      id: 'O065',
      place,
      message: `${name} has input and body: 'raw'.`,
      hint: 'The bytes are either read by Offstage or by run: keep one of them.',
    })
  for (const [code, status] of Object.entries(spec.problems ?? {}) as [string, unknown][]) {
    const own = Object.hasOwn(codes, code)
    if (own || !/^[a-z][a-z0-9_]{0,63}$/.test(code) || !Number.isInteger(status) || (status as number) < 400 || (status as number) > 599) {
      report({
        id: 'O066',
        place,
        message: `${name} declares the problem ${code}: ${String(status)}.`,
        hint: own
          ? "This code is one of Offstage's own; choose another."
          : 'Write a code of small letters and _, with a status from 400 to 599.',
      })
    }
  }
}

const ownPaths = ['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs', '/problems', '/admin']

/** What stands at addresses already: models, and the rooms below `/api`. */
interface Taken {
  readonly registry: Registry
  readonly rooms: ReadonlySet<string>
}

function checkRoute(report: Report, { name, method, path, node, group }: RoutedEndpoint, by: Taken): void {
  const place = node.place.toString()
  const parts = path.split('/')
  if (!/^(\/(:[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9._~-]+))+$/.test(path) || parts.some((part) => part === '.' || part === '..')) {
    report({ id: 'O067', place, message: `${name} has the path '${path}'.`, hint: 'Write /parts/like/:this, without a slash at the end.' })
    return
  }
  const { params } = node.spec
  const declared = params && !isStandard(params) ? Object.keys((shapeOf(params).shape as ObjectInfo).parts ?? {}) : undefined
  const named = parts.filter((part) => part.startsWith(':')).map((part) => part.slice(1))
  if (
    new Set(named).size < named.length ||
    (declared && (declared.length !== named.length || !named.every((param) => declared.includes(param)))) ||
    (named.length > 0 && params === undefined)
  ) {
    report({
      id: 'O068',
      place,
      message: `${name} has the path ${path} and params { ${(declared ?? []).join(', ')} }.`,
      hint: 'Declare each :name of the path once under params, and nothing else.',
    })
  }
  const shadows = shadowed(by, method, parts, node.spec.path === undefined && group?.prefix === undefined)
  if (shadows)
    report({
      id: 'O069',
      place,
      message: `${name} answers ${method} ${path}, which is ${shadows}.`,
      hint: 'Choose another path; `api: [...]` of a model, or of the app, closes routes of models.',
    })
}

function shadowed({ registry, rooms }: Taken, method: string, parts: readonly string[], isOwn: boolean): string | undefined {
  const [, first = '', second = ''] = parts
  if (ownPaths.some((path) => path === `/${first}`)) return "one of Offstage's own"
  if (first !== 'api' || isOwn) return undefined
  if (rooms.has(second)) return "one of Offstage's own"
  if (second.startsWith(':')) return 'where the routes of models are'
  const model = registry.models.get(second)
  if (!model || model.system || parts.length > 4) return undefined
  return answers(model.api, method, parts.slice(3)) ? `a route of ${model.name}` : undefined
}

/** Whether the model's own routes answer this method at this path below `/api/<model>`. */
function answers(api: ReadonlySet<string>, method: string, below: readonly string[]): boolean {
  const [key] = below
  if (key === undefined) return method === 'GET' ? api.has('list') : method === 'POST' && api.has('create')
  if (method === 'POST') return key === 'query' && api.has('list')
  if (method === 'GET') return api.has('get') || (key === 'aggregate' && api.has('aggregate'))
  return (method === 'PATCH' && api.has('update')) || (method === 'DELETE' && api.has('delete'))
}
