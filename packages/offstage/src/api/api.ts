// The app over HTTP: models, endpoints, batch, and the pages that explain them.

import type { DescribedOperation, Route } from '../http/http.ts'
import type { AppDeclaration } from '../schema/app.ts'
import { routedEndpoints } from '../schema/check-endpoints.ts'
import { openGate } from './allow.ts'
import { batchRoutes } from './batch.ts'
import { docsRoutes } from './docs.ts'
import { endpointRoutes, type EndpointParts } from './endpoints.ts'
import { modelRoutes, type ApiParts } from './models.ts'
import type { Schema } from './schemas.ts'

export interface ApiOptions extends ApiParts {
  readonly app: Pick<AppDeclaration, 'endpoints' | 'docs' | 'title'>
  /** The app's own variables. */
  readonly env: EndpointParts['env']
  readonly accounts?: EndpointParts['accounts']
  /** The docs are open unless the app says who may read them; otherwise they are closed unless it does. */
  readonly development: boolean
  /** Of the app, for the docs. Default `0.0.0`. */
  readonly version?: string
  /** Routes of other rooms that stand in the docs too. */
  readonly others?: {
    readonly routes: readonly Route[]
    /** The name of the session cookie. */
    readonly cookie: string
    readonly describe: (schemas: { readonly user: Schema; readonly values: Schema }) => readonly DescribedOperation[]
  }
}

/** All routes of the API. What `others` describes is not among them. */
export function openApi(options: ApiOptions): Route[] {
  const { data, identify, app, env, accounts, others } = options
  const { endpoints } = app
  const routes = [...modelRoutes(options), ...endpointRoutes({ data, identify, endpoints, env, accounts }), ...batchRoutes(options)]
  const title = app.title ?? 'API'
  const problems = new Map(routedEndpoints(app).flatMap(({ node }) => Object.entries((node.spec.problems ?? {}) as Record<string, number>)))
  const { user } = data.registry
  // Loaded when somebody asks for it: a start is not held up by it.
  const document = async (): Promise<object> => {
    const { openApiDocument, userSchemas } = await import('./openapi.ts')
    return openApiDocument({
      registry: data.registry,
      endpoints,
      title,
      version: options.version ?? '0.0.0',
      login: accounts !== undefined,
      cookie: others?.cookie,
      routes: others?.routes ?? [],
      described: others && user ? others.describe(userSchemas(user)) : [],
    })
  }
  const gate = openGate(data, app.docs ?? (options.development ? 'everyone' : 'nobody'), 'read the docs')
  return [...routes, ...docsRoutes({ title, document, identify, gate, problems })]
}
