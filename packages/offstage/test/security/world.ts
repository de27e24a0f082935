// The people and rows of the fixture, and a way to send any request as any of them while every byte that comes back is kept.
import assert from 'node:assert/strict'
import { testApp } from 'offstage/testing'
import { app, hiddenNumber, marker } from './fixture.ts'

export type Who = 'anon' | 'eve' | 'alice' | 'bob' | 'mallory' | 'admin'
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: any
}

export const password = 'figs-under-9-lamps'

/** Tenant A has alice and bob (a manager), tenant B mallory; eve has just signed up; every hidden value is a marker. */
export async function openWorld() {
  const log: string[] = []
  const test = await testApp(app, { log: (line) => void log.push(line) })
  const { sys } = test
  const [a, b] = [await sys.tenants.create({ name: 'A' }), await sys.tenants.create({ name: 'B' })]
  const tokens = new Map<Who, string>()
  const person = async (name: Exclude<Who, 'anon'>, tenant: string | null, role: 'member' | 'manager' | 'admin' = 'member') => {
    const response = await test.fetch('/api/auth/sign-up', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${name}@example.com`, name, password, as: 'token' }),
    })
    assert.equal(response.status, 201)
    const { token, user } = (await response.json()) as { token: string; user: { id: string } }
    tokens.set(name, token)
    return sys.users.update(user.id, { tenant, role, legacyHash: marker('legacyHash'), resetCode: marker('resetCode') })
  }
  const people = {
    eve: await person('eve', null),
    alice: await person('alice', a.id),
    bob: await person('bob', a.id, 'manager'),
    mallory: await person('mallory', b.id),
    admin: await person('admin', a.id, 'admin'),
  }
  const project = (title: string, owner: { id: string }, tenant: { id: string }) =>
    sys.projects.create({
      title,
      slug: title.toLowerCase(),
      owner: owner.id,
      tenant: tenant.id,
      budget: hiddenNumber,
      internalNote: marker('internalNote'),
      diary: `diary of ${title}`,
      meta: { colour: 'red' },
    })
  const projects = {
    apollo: await project('Apollo', people.alice, a),
    atlas: await project('Atlas', people.bob, a),
    boreas: await project('Boreas', people.mallory, b),
  }
  const task = (title: string, of: { id: string }, assignee: { id: string }) =>
    sys.tasks.create({ title, project: of.id, assignee: assignee.id, points: 3, secretScore: hiddenNumber })
  const tasks = {
    mine: await task('Mine', projects.apollo, people.alice),
    bobs: await task('Bobs', projects.atlas, people.bob),
    theirs: await task('Theirs', projects.boreas, people.mallory),
  }
  const comments = {
    shown: await sys.comments.create({ body: 'shown', approved: true, task: tasks.mine.id }),
    waiting: await sys.comments.create({ body: marker('unapproved'), task: tasks.mine.id }),
  }
  await sys.orphans.create({ text: marker('orphan'), owner: people.alice.id })
  const coupon = await sys.coupons.create({ code: 'TEN', stock: 10 })

  /** Everything that left, by who received it. */
  const sent: { readonly who: Who; readonly what: string; readonly text: string }[] = []

  async function send(who: Who, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const bearer = tokens.get(who)
    const response = await test.fetch(path, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    })
    const text = await response.text()
    sent.push({ who, what: `${method} ${path}`, text: `${[...response.headers].join('\n')}\n${text}` })
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined,
    }
  }
  /** All rows of all models, as one text: a denied request must leave it as it was. */
  async function digest(): Promise<string> {
    const all = []
    for (const model of ['tenants', 'users', 'projects', 'tasks', 'comments', 'coupons', 'memberships', 'orphans'] as const)
      all.push((await (sys[model] as any).list({ limit: 1000 })).data)
    return JSON.stringify(all)
  }
  async function unchanged<T>(run: () => Promise<T>): Promise<T> {
    const before = await digest()
    const result = await run()
    assert.equal(await digest(), before, 'rows changed though the request was denied')
    return result
  }
  return {
    test,
    sys,
    tokens,
    send,
    sent,
    log,
    digest,
    unchanged,
    a,
    b,
    people,
    projects,
    tasks,
    comments,
    coupon,
    close: () => test.close(),
    [Symbol.asyncDispose]: () => test.close(),
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>

/** What of an answer a caller can tell apart: all but the request's own id, the date, and the path it asked for. */
export function face({ status, headers, text }: Answer, ...own: string[]): string {
  const names = [...headers.keys()]
    .filter((name) => !['date', 'x-request-id', 'content-length'].includes(name))
    .map((name) => `${name}: ${headers.get(name)}`)
  let body = text.replace(/"requestId":"[^"]*"/, '')
  for (const word of own) body = body.replaceAll(word, '*')
  return [status, ...names, body].join('\n')
}
