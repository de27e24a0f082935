// Anything at all is sent to every operation: each answer is one that the document and the specification know, and none is a failure of ours.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dice } from '../random/dice.ts'
import { openConduit, token, type Sent } from './fixture.ts'
import { operations } from './shapes.ts'

// prettier-ignore
const hard = [
  '', ' ', 'x', '0', '-1', 'x'.repeat(300), 'x'.repeat(70_000), '\0', '\ud800', '👍'.repeat(50), "' or 1=1 --", '<script>',
  '__proto__', 'constructor', 'a/b', '%', '%2F', '..\\..', 'İ', 'e\u0301', 'ada', 'bob@example.com', '2026-01-01', '1e400', 'null',
  null, undefined, 0, -0, -1, 1.5, 1e308, 2 ** 53, true, false, [], {}, [null], ['a', 'a'], [['a']], { a: 1 },
  Array.from({ length: 60 }, (_, i) => `t${i}`), Array.from({ length: 2_000 }, () => 'x'),
]
const names = ['ada', 'bob', 'eve']
const fields = {
  user: ['username', 'email', 'password', 'bio', 'image'],
  article: ['title', 'description', 'body', 'tagList'],
  comment: ['body'],
} as const
type Root = keyof typeof fields

/** What the body of an operation has to hold. */
const roots: Readonly<Record<string, Root>> = {
  'POST /api/users': 'user',
  'POST /api/users/login': 'user',
  'PUT /api/user': 'user',
  'POST /api/articles': 'article',
  'PUT /api/articles/{slug}': 'article',
  'POST /api/articles/{slug}/comments': 'comment',
}

/** Of an address: never empty, which would be another address. */
const encoded = (value: unknown): string => encodeURIComponent(String(value).toWellFormed().slice(0, 400) || 'x')

function valueOf(dice: Dice, field: string): unknown {
  if (dice.chance(0.2)) return dice.pick(hard)
  if (field === 'tagList') return dice.pick([[], ['a'], ['a', 'b', 'a']])
  if (field === 'email') return `someone${dice.int(0, 999)}@example.com`
  return dice.chance(0.1) ? null : `${field} ${dice.int(0, 9)}`
}

function bodyOf(dice: Dice, root: Root): unknown {
  if (dice.chance(0.03)) return dice.pick(['{', '', 'null', '[]', '{"a":1,"a":2}', `{"${root}":{"__proto__":{}}}`])
  if (dice.chance(0.05)) return { [dice.pick([root, 'other'])]: dice.pick(hard) }
  const given = fields[root].filter(() => dice.chance(0.9)).map((field) => [field, valueOf(dice, field)] as const)
  const more = dice.chance(0.1) ? [[dice.pick(['id', 'slug', 'author', 'constructor', 'toString']), dice.pick(hard)] as const] : []
  return { [root]: Object.fromEntries([...given, ...more]) }
}

test('whatever is sent, each answer is one that the documents know', async () => {
  await using c = await openConduit()
  const tokens: string[] = []
  for (const name of names) tokens.push(await c.register(name))
  const slugs: string[] = []
  for (const [i, as] of tokens.entries()) slugs.push(await c.write(as, `Title ${i}`, ['a', `b${i}`]))
  const strange = ['Token', 'Token x', `Bearer ${tokens[0]}`, `Token ${tokens[0]}x`, `Token ${token({ sub: '\0' })}`, `Token ${token({})}`]

  const dice = new Dice(1)
  const seen = new Set<string>()
  for (let i = 0; i < 1_500; i++) {
    const line = dice.pick(operations)
    const root = roots[line]
    const [method, template] = line.split(' ') as [string, string]
    const near = { '{username}': names, '{slug}': slugs, '{id}': ['1', '2', '3'] }
    const path = template.replace(/\{\w+\}/g, (name) => encoded(dice.pick(dice.chance(0.7) ? near[name as keyof typeof near] : hard)))
    const parameters =
      template.endsWith('/articles') || template.endsWith('/feed') ? ['limit', 'offset', 'tag', 'author', 'favorited', 'x'] : ['x']
    const query = dice
      .some(parameters, dice.chance(0.3) ? 2 : 0)
      .map((name) => `${name}=${encoded(dice.pick(dice.chance(0.5) ? ['1', '20', 'a', 'ada'] : hard))}`)
    const who = dice.next()
    const sent: Sent = {
      ...(who < 0.7 && { as: dice.pick(tokens) }),
      headers: {
        ...(who > 0.9 && { authorization: dice.pick(strange) }),
        ...(dice.chance(0.02) && { 'content-type': 'text/plain' }),
      },
      ...(root && { body: bodyOf(dice, root) }),
    }
    const reply = await c.send(method, query.length > 0 ? `${path}?${query.join('&')}` : path, sent)
    assert.ok(reply.status < 500, `${i}: ${line} ${reply.text}`)
    seen.add(`${line} ${reply.status}`)
    if (line === 'POST /api/articles' && reply.status === 201) slugs.push(reply.body.article.slug)
    if (reply.status === 204 && slugs.length < 5) slugs.push(await c.write(tokens[0]!, `More ${i}`))
  }
  assert.ok(seen.size > 60, String(seen.size))
})
