// What every measured RealWorld backend holds: the same people, articles, favorites and follows, made from nothing but their number.

export interface Size {
  readonly users: number
  readonly articles: number
  readonly favorites: number
  /** Of each user. */
  readonly follows: number
}

export const sizes = {
  whole: { users: 200, articles: 5_000, favorites: 40_000, follows: 20 },
  quick: { users: 50, articles: 600, favorites: 4_000, follows: 10 },
} as const satisfies Record<string, Size>

/** The first of the users; they have the password and sign in. */
export const readers = 10
export const password = 'bench-conduit-passphrase-27'

export interface Person {
  readonly username: string
  readonly email: string
  readonly bio: string
  readonly image: string
}

export interface Written {
  readonly title: string
  readonly description: string
  readonly body: string
  readonly tags: readonly string[]
  /** Places in `users`, as in the pairs below. */
  readonly author: number
  readonly createdAt: Date
}

export interface ConduitData {
  readonly users: readonly Person[]
  /** Oldest first, a minute apart. */
  readonly articles: readonly Written[]
  /** User, article. */
  readonly favorites: readonly (readonly [number, number])[]
  /** Follower, followed. */
  readonly follows: readonly (readonly [number, number])[]
}

const tagNames = Array.from({ length: 100 }, (_, n) => `tag${n}`)
export const tagName = (n: number): string => tagNames[n % tagNames.length]!

const words = 'all that is said of it here is as long as such texts are when people write them in earnest and want to be read'.split(' ')

export function makeData({ users, articles, favorites, follows }: Size): ConduitData {
  let state = 20_260_101
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const text = (length: number): string => Array.from({ length }, () => words[below(words.length)]!).join(' ')
  const some = (count: number, limit: number, not = -1): number[] => {
    const found = new Set<number>()
    while (found.size < count) {
      const one = below(limit)
      if (one !== not) found.add(one)
    }
    return [...found]
  }
  const first = Date.UTC(2026, 0, 1)
  const pairs = new Set<number>()
  while (pairs.size < favorites) pairs.add(below(users) * articles + below(articles))
  return {
    users: Array.from({ length: users }, (_, n) => ({
      username: `writer${n}`,
      email: `writer${n}@example.com`,
      bio: text(12),
      image: `https://example.com/people/${n}.png`,
    })),
    articles: Array.from({ length: articles }, (_, n) => ({
      title: `Article ${n} on ${words[n % words.length]}`,
      description: text(20),
      body: text(300),
      tags: some(5, tagNames.length).map(tagName),
      author: below(users),
      createdAt: new Date(first + n * 60_000),
    })),
    favorites: Array.from(pairs, (pair) => [Math.floor(pair / articles), pair % articles] as const),
    follows: Array.from({ length: users }, (_, user) => some(follows, users, user).map((other) => [user, other] as const)).flat(),
  }
}
