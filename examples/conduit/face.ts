// The face that the specification dictates: where it is, how callers are known, how errors look.
import * as articles from './endpoints/articles.ts'
import * as comments from './endpoints/comments.ts'
import * as profiles from './endpoints/profiles.ts'
import * as users from './endpoints/users.ts'
import { group, t } from './kit.ts'
import { userOfToken } from './tokens.ts'

/** Our codes in the words of the specification; what it has no words for is told in ours. */
const words: Readonly<Record<string, string>> = { required: "can't be blank", taken: 'has already been taken' }
const subjects: Readonly<Record<string, string>> = { users: 'profile', articles: 'article', comments: 'comment' }

export const conduit = group(
  {
    prefix: '/api',
    cors: '*',
    authenticate: { scheme: 'Token', user: (token, { env }) => userOfToken(token, env.JWT_SECRET) },
    problemOutput: { errors: t.map(t.list(t.text())) },
    problem({ code, status, title, detail = title, errors = [], model = '' }, request) {
      const told: Record<string, string[]> = Object.create(null) // what is sent may be called `constructor`
      if (code === 'invalid_credentials') told['credentials'] = ['invalid']
      else if (status === 401) told['token'] = [request.headers.has('authorization') ? 'is invalid' : 'is missing']
      else if (status === 403) told[subjects[model] ?? 'resource'] = ['forbidden']
      else if (status === 404) told[subjects[model] ?? 'resource'] = ['not found']
      else if (errors.length === 0) told['request'] = [detail]
      for (const { path, code, message } of errors) {
        const [whole = '', field = whole] = path.split('.') // `article.tagList.3` is about the tags
        const said = (told[field] ??= [])
        said.push(words[code] ?? message)
      }
      return Response.json({ errors: told }, { status: status === 400 ? 422 : status })
    },
  },
  { ...users, ...profiles, ...articles, ...comments },
)
