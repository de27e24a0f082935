// A few people and what they wrote. `offstage dev` prints the password that it gives them.
import type { Sys } from 'offstage'
import type { Conduit } from './kit.ts'

const people = { mara: 'Keeps servers awake.', jonas: 'Bakes, measures, writes it down.', ines: null }
type Name = keyof typeof people

const follows: Record<Name, Name> = { mara: 'jonas', jonas: 'mara', ines: 'mara' }

/** Author, title, description, tags, and who liked it and said what. */
const articles: [Name, string, string, string[], Name, string][] = [
  ['jonas', 'What the oven taught me', 'The dial said 220. It was 190.', ['baking', 'measuring'], 'mara', 'So do all our dashboards.'],
  ['mara', 'A restore is the only backup', 'Made for years, read once.', ['databases', 'operations'], 'ines', 'How long did it take?'],
  ['mara', 'Alarms that nobody reads', 'Eleven were left of four hundred.', ['operations'], 'jonas', 'Which eleven?'],
  ['ines', 'Naming a river twice', 'Why one valley has two maps.', ['maps', 'measuring'], 'mara', 'And which one do the buses use?'],
]

export async function seed({ sys }: { sys: Sys<Conduit> }): Promise<void> {
  const ids = {} as Record<Name, string>
  for (const username of Object.keys(people) as Name[])
    ids[username] = (await sys.users.create({ username, email: `${username}@example.com`, bio: people[username] })).id
  for (const name of Object.keys(people) as Name[]) await sys.follows.create({ follower: ids[name], followed: ids[follows[name]] })
  for (const [author, title, description, words, reader, said] of articles) {
    const tags = { create: words.map((name) => ({ name })) }
    const favorites = { create: [{ user: ids[reader] }] }
    const comments = { create: [{ author: ids[reader], body: said }] }
    const body = `${description}\n\nThe rest is yours to write.`
    await sys.articles.create({ title, description, body, author: ids[author], tags, favorites, comments })
  }
}
