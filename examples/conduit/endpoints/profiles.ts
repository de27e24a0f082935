import { endpoint, t } from '../kit.ts'
import { profileShape, profileView } from '../views.ts'

const params = { username: t.text() }
const output = { profile: profileShape }

export const profile = endpoint({
  method: 'GET',
  path: '/profiles/:username',
  allow: 'everyone',
  params,
  output,
  run: async ({ params, db }) => ({ profile: await db.users.get(params, profileView) }),
})

export const follow = endpoint({
  method: 'POST',
  path: '/profiles/:username/follow',
  allow: 'signed-in',
  params,
  output,
  async run({ params, db, user }) {
    const { id } = await db.users.get(params)
    await db.follows.upsert({ follower: user.id, followed: id }, { create: {}, update: {} })
    return { profile: await db.users.get(params, profileView) }
  },
})

export const unfollow = endpoint({
  method: 'DELETE',
  path: '/profiles/:username/follow',
  allow: 'signed-in',
  params,
  output,
  async run({ params, db, user }) {
    const { id } = await db.users.get(params)
    await db.follows.deleteMany({ follower: user.id, followed: id })
    return { profile: await db.users.get(params, profileView) }
  },
})
