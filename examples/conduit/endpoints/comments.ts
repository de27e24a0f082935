import { problem } from 'offstage'
import { lenient, remark } from '../fields.ts'
import { endpoint, t } from '../kit.ts'
import { commentShape, commentView, withNumber } from '../views.ts'

const params = { slug: t.text() }

export const comments = endpoint({
  method: 'GET',
  path: '/articles/:slug/comments',
  allow: 'everyone',
  params,
  output: { comments: t.list(commentShape) },
  async run({ params, db }) {
    const { comments } = await db.articles.get(params, { include: { comments: { ...commentView, sort: '-id', limit: 1000 } } })
    return { comments: comments.map(withNumber) }
  },
})

export const createComment = endpoint({
  method: 'POST',
  path: '/articles/:slug/comments',
  allow: 'signed-in',
  status: 201,
  params,
  input: { comment: t.object(remark, lenient) },
  output: { comment: commentShape },
  async run({ params, input, db }) {
    const { id } = await db.articles.get(params)
    return { comment: withNumber(await db.comments.create({ ...input.comment, article: id }, commentView)) }
  },
})

export const deleteComment = endpoint({
  method: 'DELETE',
  path: '/articles/:slug/comments/:id',
  allow: 'signed-in',
  status: 204,
  params: { ...params, id: t.integer({ min: 1 }) },
  async run({ params: { slug, id }, db }) {
    const { comments } = await db.articles.get({ slug }, { include: { comments: { where: { id: String(id) } } } })
    if (comments.length === 0) throw problem('not_found', { model: 'comments' })
    await db.comments.delete(String(id))
  },
})
