// Rules with typed rows and a typed caller. Compiled, never run.
import { expectTypeOf } from 'expect-type'
import { me } from '../fixture/blog/kit.ts'
import * as models from '../fixture/blog/models/index.ts'

models.posts.access({
  read: [
    { published: true },
    { author: { team: { members: { some: { id: me.id } } } } },
    { author: { team: me.team } },
    { not: { comments: { none: { author: me } } } },
  ],
  create: 'signed-in',
  update: me.is({ role: 'admin', team: { name: 'red' } }),
  updateTo: { author: me, or: [{ published: false }, me.is({ role: { in: ['author', 'admin'] } })] },
  delete: ['signed-in', { title: me.name }],
})
models.users.access({ read: { id: me, not: me.is({ legacyHash: null }) } })
// @ts-expect-error a post has no `autor`
models.posts.access({ read: { autor: me } })
// @ts-expect-error nor has one of several parts
models.posts.access({ read: [{ published: true }, { autor: me }] })
// @ts-expect-error nor has one beside a right one
models.posts.access({ read: { published: true, autor: me } })
// @ts-expect-error no such column two relations away
models.posts.access({ read: { author: { team: { onwer: me } } } })
// @ts-expect-error the user is not a team
models.posts.access({ read: { author: { team: me } } })
// @ts-expect-error a team is not a user
models.posts.access({ read: { author: me.team } })
// @ts-expect-error a name is not a number
models.posts.access({ read: { views: me.name } })
// @ts-expect-error the user has no such column
models.posts.access({ read: { title: me.nme } })
// @ts-expect-error not a role
models.posts.access({ update: me.is({ role: 'boss' }) })
// @ts-expect-error no such column of the user
models.posts.access({ update: me.is({ rol: 'admin' }) })
// @ts-expect-error no such action
models.posts.access({ raed: 'everyone' })
// @ts-expect-error no such word
models.posts.access({ read: 'anyone' })
// @ts-expect-error `me` alone is no rule
models.posts.access({ read: me })

// --- hooks
models.posts.on('created', ({ row, user, db }) => {
  expectTypeOf(row.author).toEqualTypeOf<string>()
  expectTypeOf(row.publishedAt).toEqualTypeOf<Date | null>()
  expectTypeOf(user?.role).toEqualTypeOf<'reader' | 'author' | 'admin' | undefined>()
  return db.comments.create({ text: '', post: row.id })
})
models.posts.on('updating', ({ row, before }) => (row.title === before.title ? {} : { views: 0 }))
models.posts.on('updating', async ({ row }) => {
  if (row.views > 10) return { published: true }
  return undefined
})
for (const event of ['created', 'updated', 'deleted'] as const)
  models.comments.on(event, async ({ row, db }) => void (await db.system.posts.update(row.post, { views: 1 })))
// @ts-expect-error no such field to set
models.posts.on('creating', () => ({ titel: 1 }))
// @ts-expect-error wrong type
models.posts.on('creating', () => ({ views: 'many' }))
// @ts-expect-error ids are kept by Offstage
models.posts.on('creating', () => ({ id: '1' }))
// @ts-expect-error there is no row before a creation
models.posts.on('created', ({ before }) => before)
// @ts-expect-error no such event
models.posts.on('saved', () => {})
