// Groups, and `auth` of endpoints. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { defineApp, kit, problem, t as plain } from 'offstage'
import * as models from '../fixture/blog/models/index.ts'

const env = { KEY: plain.text(), LIMIT: plain.integer().optional() }
interface App {
  models: typeof models
  user: 'users'
  env: typeof env
}
const { endpoint, group, t } = kit<App>()
const ping = endpoint({ allow: 'everyone', run: () => 1 })

// --- who calls
group({ authenticate: (request) => request.headers.get('x-key') }, { ping })
group(
  {
    prefix: '/t',
    authenticate: {
      scheme: 'Token',
      user(token, { env, request }) {
        expectTypeOf(token).toEqualTypeOf<string>()
        expectTypeOf(env.KEY).toEqualTypeOf<string>()
        expectTypeOf(env.LIMIT).toEqualTypeOf<number | null>()
        expectTypeOf(request).toEqualTypeOf<Request>()
        return null
      },
    },
    problemOutput: { errors: t.map(t.list(t.text())) },
    problem({ code, status, errors, model }) {
      expectTypeOf(code).toEqualTypeOf<string>()
      expectTypeOf(model).toEqualTypeOf<string | undefined>()
      return Response.json({ errors: errors?.map(({ path }) => path) }, { status })
    },
  },
  { ping },
)
group(
  {
    async authenticate(_request, { env }) {
      return env.KEY
    },
  },
  { ping },
)
// @ts-expect-error there is no such variable
group({ authenticate: { scheme: 'Token', user: (token, { env }) => env.NO } }, { ping })
// @ts-expect-error the id of a user, or null
group({ authenticate: { scheme: 'Token', user: () => 7 } }, { ping })
// @ts-expect-error a scheme is needed
group({ authenticate: { user: () => null } }, { ping })
// @ts-expect-error a list of origins, or '*'
group({ cors: 'https://app.example' }, { ping })
problem('not_found', { model: 'posts' })

// --- users and passwords
endpoint({
  allow: 'everyone',
  input: { login: t.text(), password: t.text() },
  async run({ auth, input }) {
    const user = await auth.verify(input.login, input.password)
    expectTypeOf(user.id).toEqualTypeOf<string>()
    expectTypeOf(user.createdAt).toEqualTypeOf<Date>()
    const made = await auth.signUp({ email: input.login, name: 'Ada' }, input.password)
    expectTypeOf(made).toEqualTypeOf(user)
    // @ts-expect-error the name is missing
    await auth.signUp({ email: input.login }, input.password)
    // @ts-expect-error no such field
    await auth.signUp({ email: input.login, name: 'Ada', nothing: 1 }, input.password)
  },
})
endpoint({
  allow: 'signed-in',
  input: { password: t.text() },
  async run({ auth, input, user }) {
    expectTypeOf(await auth.setPassword(user.id, input.password)).toEqualTypeOf<void>()
    expectTypeOf(await auth.setPassword(user.id, input.password, (db) => db.posts.count())).toEqualTypeOf<number>()
  },
})

// --- of the whole app
defineApp({ models, api: [], login: { password: { min: 15, common: true }, routes: false, limits: { signUp: { times: 5, seconds: 60 } } } })
// @ts-expect-error no such operation
defineApp({ models, api: ['find'] })
// @ts-expect-error seconds are missing
defineApp({ models, login: { password: true, limits: { account: { times: 5 } } } })
// @ts-expect-error there is no such limit
defineApp({ models, login: { password: true, limits: { ip: { times: 5, seconds: 60 } } } })
