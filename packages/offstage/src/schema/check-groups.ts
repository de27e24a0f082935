import { checkGroupOptions } from './check-options.ts'
import { checkInput, type Checking } from './check-parts.ts'
import { EndpointNode } from './endpoint.ts'
import type { GroupNode } from './group.ts'

/** A token of RFC 9110. */
const schemeForm = /^[\w!#$%&'*+.^`|~-]+$/
const originForm = /^https?:\/\/[\w.-]+(?::\d{1,5})?$/

export function checkGroup(checking: Checking, name: string, group: GroupNode): void {
  const { report, registry } = checking
  const { options, endpoints } = group
  const place = group.place.toString()
  const { authenticate, cors } = options as { authenticate?: unknown; cors?: unknown }
  checkGroupOptions(report, name, options, place)
  if (name === 'bearer' || name === 'cookie')
    report({
      id: 'O061',
      place,
      message: `'${name}' cannot be the name of a group: in the docs it is the login of Offstage itself.`,
      hint: 'Choose another name.',
    })
  if (authenticate !== undefined && !knowsCallers(authenticate))
    report({
      id: 'O057',
      place,
      message: `The group ${name} has an 'authenticate' that cannot know callers.`,
      hint: "Write authenticate: { scheme: 'Token', user: (token) => userOfToken(token) }, or (request) => the id of a user, or null.",
    })
  else if (authenticate !== undefined && !registry.user)
    report({
      id: 'O057',
      place,
      message: `The group ${name} has an 'authenticate', and the app has no user model.`,
      hint: "Add a model `users`, or name yours: defineApp({ user: 'people', ... }).",
    })
  const odd = cors === undefined || cors === '*' ? undefined : Array.isArray(cors) ? cors.find((origin) => !isOrigin(origin)) : cors
  if (odd !== undefined)
    report({
      id: 'O058',
      place,
      message: `The group ${name} has cors with ${JSON.stringify(odd)}.`,
      hint: "Write cors: ['https://app.example'], scheme, host and port alone, as browsers send them, or cors: '*' for every origin.",
    })
  checkInput({ ...checking, place }, `problemOutput of ${name}`, options.problemOutput)
  for (const [inner, endpoint] of Object.entries(endpoints)) {
    if (!((endpoint as unknown) instanceof EndpointNode))
      report({
        id: 'O060',
        place,
        message: `${inner} in the group ${name} is not an endpoint.`,
        hint: 'Write endpoint({ allow, run }); groups do not nest.',
      })
  }
}

function knowsCallers(authenticate: unknown): boolean {
  if (typeof authenticate === 'function') return true
  const { scheme, user } = (authenticate ?? {}) as { scheme?: unknown; user?: unknown }
  return typeof scheme === 'string' && schemeForm.test(scheme) && typeof user === 'function'
}

/** As browsers write it: `https://A.example:443` would never be met. */
const isOrigin = (origin: unknown): boolean => typeof origin === 'string' && originForm.test(origin) && URL.parse(origin)?.origin === origin
