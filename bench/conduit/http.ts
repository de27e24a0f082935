// A RealWorld backend as its clients see it: filled, signed in to and compared over its public API, so that any backend can be measured.
import { deepStrictEqual, ok } from 'node:assert/strict'
import { password, readers, type ConduitData } from './data.ts'

export type Call = (method: string, path: string, token?: string, body?: object) => Promise<any>

/** Calls of the API on this machine; anything but 2xx throws with what the server said. */
export function callsOf(port: number): Call {
  return async (method, path, token, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Token ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 600)}`)
    return answer.json()
  }
}

/** Tokens of the readers, the first of the users. */
export async function signIn(call: Call, { users }: ConduitData): Promise<string[]> {
  const tokens: string[] = []
  for (const { email } of users.slice(0, readers))
    tokens.push((await call('POST', '/users/login', undefined, { user: { email, password } })).user.token)
  return tokens
}

async function several<T>(rows: readonly T[], what: string, run: (row: T, place: number) => Promise<void>, lanes = 8): Promise<void> {
  const started = performance.now()
  const queue = rows.entries()
  const lane = async (): Promise<void> => {
    for (const [place, row] of queue) await run(row, place)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  process.stderr.write(`${rows.length} ${what} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}

export async function fillOverHttp(call: Call, { users, articles, favorites, follows }: ConduitData): Promise<void> {
  const tokens: string[] = []
  await several(users, 'users', async ({ username, email, bio, image }, n) => {
    const { user } = await call('POST', '/users', undefined, { user: { username, email, password } })
    await call('PUT', '/user', user.token, { user: { bio, image } })
    tokens[n] = user.token
  })
  const slugs: string[] = []
  let last = 0
  const write = async ({ author, title, description, body, tags }: ConduitData['articles'][number], n: number): Promise<void> => {
    // Lists are sorted by this moment; two articles of one millisecond could change places.
    while (Date.now() <= last) await new Promise((resolve) => setTimeout(resolve, 1))
    const { article } = await call('POST', '/articles', tokens[author], { article: { title, description, body, tagList: tags } })
    last = Date.now()
    slugs[n] = article.slug
  }
  await several(articles, 'articles', write, 1)
  await several(favorites, 'favorites', ([user, article]) => call('POST', `/articles/${slugs[article]}/favorite`, tokens[user]))
  await several(follows, 'follows', ([user, other]) => call('POST', `/profiles/${users[other]!.username}/follow`, tokens[user]))
}

const fields = ['title', 'description', 'favorited', 'favoritesCount'] as const
const isTime = (value: unknown): boolean => typeof value === 'string' && new Date(value).toISOString() === value

/**
 * An answer without what the specification leaves open: how slugs are made, in which order tags stand. A backend that was filled over HTTP
 * has its own moments, which are only looked at, and may say more than it should (older specifications had bodies in lists).
 */
function essence({ articles, articlesCount, ...rest }: any, exact: boolean): object {
  if (exact) deepStrictEqual(rest, {})
  return {
    articlesCount,
    articles: articles.map(({ slug, tagList, createdAt, updatedAt, author, ...others }: any) => {
      ok(typeof slug === 'string' && slug !== '' && isTime(createdAt) && isTime(updatedAt), 'A slug or a moment is not as specified.')
      const { username, bio, image, following, ...more } = author
      if (exact) deepStrictEqual([Object.keys(others).toSorted(), more], [fields.toSorted(), {}])
      return {
        ...Object.fromEntries(fields.map((field) => [field, others[field]])),
        ...(exact && { createdAt, updatedAt }),
        tagList: tagList.toSorted(),
        author: { username, bio, image, following },
      }
    }),
  }
}

export interface Asked {
  readonly name: string
  readonly call: Call
  readonly tokens: readonly string[]
}

/** Throws where the two do not say the same. Unless `exact`, moments and fields that are too many do not count. */
export async function sameAnswers(one: Asked, two: Asked, { exact }: { exact: boolean }): Promise<number> {
  const lists = ['/articles?limit=20', '/articles?limit=20&offset=140', '/articles?limit=20&tag=tag7', '/articles?limit=7&offset=3']
  const filtered = ['/articles?author=writer3', '/articles?favorited=writer4&limit=10']
  const paths = [...lists, ...(exact ? filtered : [])]
  const asked: readonly (readonly [string, number | undefined])[] = [
    ...paths.map((path) => [path, undefined] as const),
    ...paths.map((path) => [path, 0] as const),
    ...[0, 1, 2].map((reader) => ['/articles/feed?limit=20', reader] as const),
    ['/articles/feed?limit=5&offset=20', 1],
  ]
  for (const [path, reader] of asked) {
    const answers = await Promise.all(
      [one, two].map(async ({ call, tokens }) => essence(await call('GET', path, reader === undefined ? reader : tokens[reader]), exact)),
    )
    try {
      deepStrictEqual(answers[0], answers[1])
    } catch (error) {
      const as = reader === undefined ? 'anonymous' : `reader ${reader}`
      throw new Error(`${one.name} (+) and ${two.name} (-) do not say the same: GET ${path}, ${as}`, { cause: error })
    }
  }
  return asked.length
}
