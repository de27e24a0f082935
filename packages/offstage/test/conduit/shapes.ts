// What the RealWorld specification says of answers, in our own words: which shape each operation answers with. It is stricter than the
// published one in this: nothing that is not named may be there, so that no password, id or note of ours gets out.

import { openSchemas, told } from '../answers.ts'

const text = { type: 'string' }
const textOrNull = { type: ['string', 'null'] }
const flag = { type: 'boolean' }
const whole = { type: 'integer', minimum: 0 }
const time = { type: 'string', format: 'date-time' }
const list = (items: object): object => ({ type: 'array', items })
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

const user = object({ email: text, token: text, username: text, bio: textOrNull, image: textOrNull })
const profile = object({ username: text, bio: textOrNull, image: textOrNull, following: flag })
const listed = {
  slug: text,
  title: text,
  description: text,
  tagList: list(text),
  createdAt: time,
  updatedAt: time,
  favorited: flag,
  favoritesCount: whole,
  author: profile,
}
const comment = object({ id: whole, createdAt: time, updatedAt: time, body: text, author: profile })

const shapes = {
  user: object({ user }),
  profile: object({ profile }),
  article: object({ article: object({ ...listed, body: text }) }),
  articles: object({ articles: list(object(listed)), articlesCount: whole }),
  comment: object({ comment }),
  comments: object({ comments: list(comment) }),
  tags: object({ tags: list(text) }),
  errors: object({ errors: { type: 'object', minProperties: 1, additionalProperties: { ...list(text), minItems: 1 } } }),
}

/** Operations with the status and the shape of their success; null where nothing is sent. */
const successes: Readonly<Record<string, readonly [status: number, shape: keyof typeof shapes | null]>> = {
  'POST /api/users': [201, 'user'],
  'POST /api/users/login': [200, 'user'],
  'GET /api/user': [200, 'user'],
  'PUT /api/user': [200, 'user'],
  'GET /api/profiles/{username}': [200, 'profile'],
  'POST /api/profiles/{username}/follow': [200, 'profile'],
  'DELETE /api/profiles/{username}/follow': [200, 'profile'],
  'GET /api/articles': [200, 'articles'],
  'GET /api/articles/feed': [200, 'articles'],
  'GET /api/articles/{slug}': [200, 'article'],
  'POST /api/articles': [201, 'article'],
  'PUT /api/articles/{slug}': [200, 'article'],
  'DELETE /api/articles/{slug}': [204, null],
  'GET /api/articles/{slug}/comments': [200, 'comments'],
  'POST /api/articles/{slug}/comments': [201, 'comment'],
  'DELETE /api/articles/{slug}/comments/{id}': [204, null],
  'POST /api/articles/{slug}/favorite': [200, 'article'],
  'DELETE /api/articles/{slug}/favorite': [200, 'article'],
  'GET /api/tags': [200, 'tags'],
}
export const operations: readonly string[] = Object.keys(successes)

const schemas = openSchemas()
for (const [name, shape] of Object.entries(shapes)) schemas.addSchema(shape, name)

/** What the specification would say against this answer; nothing, if the list is empty. */
export function againstSpecification(operation: string | undefined, status: number, body: unknown): string[] {
  const success = operation === undefined ? undefined : successes[operation]
  if (operation !== undefined && success === undefined) return [`${operation} is not in the specification`]
  if (status < 400 && status !== success?.[0]) return [`${status} is not the success of ${operation}`]
  const shape = status >= 400 ? 'errors' : success![1]
  if (shape === null) return body === undefined ? [] : ['a body where there is none']
  const check = schemas.getSchema(shape)!
  return check(body) ? [] : told(check.errors).map((problem) => `${problem} in ${JSON.stringify(body).slice(0, 300)}`)
}
