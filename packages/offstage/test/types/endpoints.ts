// Endpoints, groups, and what models are made of. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { defineApp, defineModels, kit, model as plainModel, t as plain } from 'offstage'
import type { Blog } from '../fixture/blog/kit.ts'
import * as models from '../fixture/blog/models/index.ts'
import { publish } from '../fixture/blog/endpoints/publish.ts'

const { endpoint, group, me, model, t } = kit<Blog>()

// --- the user is there exactly when the endpoint says so
endpoint({ allow: 'signed-in', run: ({ user }) => expectTypeOf(user.name).toEqualTypeOf<string>() })
endpoint({ allow: me.is({ role: 'admin' }), run: ({ user }) => expectTypeOf(user.name).toEqualTypeOf<string>() })
endpoint({ allow: 'everyone', run: ({ user }) => expectTypeOf(user?.name).toEqualTypeOf<string | undefined>() })
// @ts-expect-error every endpoint must say who may call it
endpoint({ run: () => 1 })
// @ts-expect-error no such word
endpoint({ allow: 'anyone', run: () => 1 })
// @ts-expect-error the user may be absent
endpoint({ allow: 'everyone', run: ({ user }) => user.name })

// --- input
endpoint({
  allow: 'signed-in',
  input: { n: t.integer(), when: t.datetime().optional(), post: t.ref('posts'), kind: t.enum('a', 'b').default('a') },
  run: ({ input }) =>
    expectTypeOf(input).toEqualTypeOf<{
      readonly n: number
      readonly when: Date | null
      readonly post: string
      readonly kind: 'a' | 'b'
    }>(),
})
const schema = {
  '~standard': {
    version: 1,
    vendor: 'x',
    validate: (value: unknown) => ({ value: value as { n: number } }),
    types: undefined as { input: { n: string }; output: { n: number } } | undefined,
  },
} as const
endpoint({ allow: 'signed-in', input: schema, run: ({ input }) => expectTypeOf(input.n).toEqualTypeOf<number>() })
endpoint({
  allow: 'everyone',
  method: 'POST',
  path: '/hooks/:name',
  params: { name: t.text() },
  body: 'raw',
  status: 202,
  problems: { bad_signature: 400 },
  async run({ params, request }) {
    expectTypeOf(params.name).toEqualTypeOf<string>()
    expectTypeOf(request.ip).toEqualTypeOf<string>()
    expectTypeOf(request.signal).toEqualTypeOf<AbortSignal>()
    return (await request.bytes()).length
  },
})
// @ts-expect-error the input has no such value
endpoint({ allow: 'signed-in', input: { n: t.integer() }, run: ({ input }) => input.m })
// @ts-expect-error a string is no field
endpoint({ allow: 'signed-in', input: { n: 'integer' }, run: () => 1 })
// @ts-expect-error no such method
endpoint({ allow: 'signed-in', method: 'FETCH', run: () => 1 })
group({ prefix: '/provider', authenticate: (request) => request.headers.get('x-user'), cors: '*' }, { publish })
// @ts-expect-error only endpoints are grouped
group({ prefix: '/provider' }, { publish: 1 })

// --- only fields make a model
// @ts-expect-error a string is no field
model({ name: 'text' })
// @ts-expect-error `or` means "any of" in a filter
model({ or: t.text() })
// @ts-expect-error the id is declared by `own`
model({ id: t.text() })
// @ts-expect-error tags need to hear through which model
model({ tags: t.many('tags') })
// @ts-expect-error only text is searched
t.integer().searchable()
// @ts-expect-error a default is a value of the field
t.integer().default('1')
// @ts-expect-error a default is one of the choices
t.enum('a', 'b').default('c')
t.enum('a', 'b').optional().renamedChoices({ old: 'a' }).default('b')
// @ts-expect-error what an old choice became is a choice
t.enum('a', 'b').renamedChoices({ old: 'c' })
// @ts-expect-error only enums have choices
t.text().renamedChoices({ old: 'a' })
plainModel({ text: plain.text() }, { renamedFrom: 'letters' })
// @ts-expect-error no such option
model({ name: t.text() }, { tabel: 'names' })
// @ts-expect-error groups are of this model's fields
model({ name: t.text() }, { unique: [['nme']] })
// @ts-expect-error the rule of a field is a rule
t.text().readable('anyone')

// --- references are checked where they are written
// @ts-expect-error no such model
t.ref('usrs')
// @ts-expect-error no such model between
t.many('tags').through('postTgs')

// --- own fields
const adopted = model({ name: t.text() }, { table: 'OLD_NAMES', own: { id: t.serial(), createdAt: false, version: false } })
expectTypeOf<keyof (typeof adopted)['~fields']>().toEqualTypeOf<'id' | 'updatedAt' | 'name'>()

const keyed = defineModels({ countries: plainModel({ name: plain.text() }, { own: { id: plain.key() } }) })
keyed.endpoint({
  allow: 'everyone',
  run({ db }) {
    db.countries.create({ id: 'fr', name: 'France' })
    // @ts-expect-error the app gives the key
    db.countries.create({ name: 'France' })
    // @ts-expect-error and it stays
    db.countries.update('fr', { id: 'de' })
  },
})

// --- pairs of models are checked where the app is put together
defineApp({ models: { ...models, notes: model({ label: t.text(), posts: t.many('posts', 'author') }) } })
// @ts-expect-error `tag` is no field of posts
defineApp({ models: { ...models, notes: model({ label: t.text(), posts: t.many('posts', 'tag') }) } })
// @ts-expect-error `title` is no reference
defineApp({ models: { ...models, notes: model({ label: t.text(), posts: t.many('posts', 'title') }) } })
// @ts-expect-error no such user model
defineApp({ models, user: 'people' })
// @ts-expect-error no such setting
defineApp({ models, endpints: {} })

// --- one file
const one = defineModels({
  users: {
    name: plain.text(),
    email: plain.email().unique(),
    role: plain
      .enum('a', 'b')
      .default('a')
      .writable(plain.me.is({ role: 'b' })),
    guests: plain.many('users', 'host'),
    host: plain.ref('users').optional(),
  },
  notes: plainModel({ text: plain.text(), owner: plain.user() }, { api: ['list'], own: { version: false } }),
})
one.models.users.access({ read: [{ id: one.me }, { host: one.me }, { guests: { some: { id: one.me.id } } }] })
one.models.notes.access({ read: { owner: { host: one.me } }, create: { owner: one.me } })
one.endpoint({
  allow: 'signed-in',
  async run({ db, user }) {
    expectTypeOf((await db.users.get(user.id, { include: { host: { include: { guests: true } } } })).host?.guests[0]?.name).toEqualTypeOf<
      string | undefined
    >()
    // @ts-expect-error this model keeps no versions
    return (await db.notes.get('1')).version
  },
})
// @ts-expect-error a note has no such field
one.models.notes.access({ read: { ownr: one.me } })
// @ts-expect-error there is no such model
defineModels({ notes: { owner: plain.ref('people') } })
// @ts-expect-error there is no user model
defineModels({ notes: { owner: plain.user() } })
// @ts-expect-error `notes` has no such reference
defineModels({ users: { name: plain.text(), notes: plain.many('notes', 'ownr') }, notes: { owner: plain.user() } })
defineModels({ people: { name: plain.text() }, notes: { owner: plain.user() } }, { user: 'people' })
