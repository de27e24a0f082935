import { about, account, lenient } from '../fields.ts'
import { endpoint, t } from '../kit.ts'
import { makeToken } from '../tokens.ts'

const password = t.text({ min: 1 })
const output = { user: t.object({ ...account, ...about, token: t.text() }, { name: 'User' }) }

interface Account {
  id: string
  email: string
  username: string
  bio: string | null
  image: string | null
}
const present = async ({ id, email, username, bio, image }: Account, { JWT_SECRET }: { JWT_SECRET: string }) => ({
  user: { email, username, bio, image, token: await makeToken(id, JWT_SECRET) },
})

export const register = endpoint({
  method: 'POST',
  path: '/users',
  allow: 'everyone',
  authenticate: false,
  status: 201,
  input: { user: t.object({ ...account, password }, lenient) },
  output,
  async run({ input, auth, env }) {
    const { password, ...values } = input.user
    return present(await auth.signUp(values, password), env)
  },
})

export const login = endpoint({
  method: 'POST',
  path: '/users/login',
  allow: 'everyone',
  authenticate: false,
  input: { user: t.object({ email: t.text({ min: 1 }), password }, lenient) },
  output,
  run: async ({ input, auth, env }) => present(await auth.verify(input.user.email, input.user.password), env),
})

export const currentUser = endpoint({
  method: 'GET',
  path: '/user',
  allow: 'signed-in',
  output,
  run: ({ user, env }) => present(user, env),
})

export const updateUser = endpoint({
  method: 'PUT',
  path: '/user',
  allow: 'signed-in',
  input: { user: t.partial({ ...account, password, ...about }, lenient) },
  output,
  async run({ input, db, user, auth, env }) {
    const { password, ...values } = input.user
    for (const name of ['bio', 'image'] as const) if (values[name] === '') values[name] = null
    const change = (tables: typeof db) => tables.users.update(user.id, values)
    return present(await (password === undefined ? change(db) : auth.setPassword(user.id, password, change)), env)
  },
})
