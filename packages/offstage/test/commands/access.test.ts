import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { defineApp, defineModels, model, t } from 'offstage'
import { OffstageClientError } from 'offstage/client'
import { testApp } from 'offstage/testing'
import { shop } from '../../../../examples/shop/app.ts'
import { registryOf } from '../../src/app/problems.ts'
import { accessMarkdown, accessText, staleAccess } from '../../src/commands/access-print.ts'
import { accessSections } from '../../src/commands/access.ts'
import { and } from '../../src/query/build.ts'
import { matches, type World } from '../../src/query/evaluate-filter.ts'
import { anonymous, type Principal } from '../../src/query/principal.ts'
import { bind, compileRules } from '../../src/query/rules.ts'
import { waysOf } from '../../src/query/ways.ts'
import type { Row } from '../../src/schema/kind.ts'

/** Rights by a boolean, a number, and memberships; nothing by an enum of the user. */
function teams({ title = 'Teams' }: { readonly title?: string } = {}) {
  const { models, me, endpoint, group } = defineModels({
    users: {
      name: t.text(),
      email: t.email().unique().readable({ id: t.me }),
      admin: t
        .boolean()
        .default(false)
        .writable(t.me.is({ admin: true })),
      level: t.integer().default(0).writable('nobody'),
      legacy: t.text().optional().hidden(),
      memberships: t.many('memberships', 'user'),
    },
    teams: {
      name: t.text(),
      open: t.boolean().default(false),
      memberships: t.many('memberships', 'team'),
      projects: t.many('projects', 'team'),
    },
    memberships: model({
      team: t.ref('teams').onDelete('cascade'),
      user: t.ref('users').onDelete('cascade'),
      role: t.enum('reader', 'owner').default('reader'),
    }),
    projects: model(
      {
        team: t.ref('teams'),
        title: t.text(),
        budget: t
          .decimal(10, 2)
          .default('0.00')
          .readable(t.me.is({ level: { gte: 3 } })),
        lead: t.ref('users').optional().onDelete('clear'),
      },
      { api: ['list', 'get', 'delete'] },
    ),
  })
  const admin = me.is({ admin: true })
  const owner = { memberships: { some: { user: me, role: 'owner' } } } as const
  models.users.access({ read: [{ id: me }, admin], update: [{ id: me }, admin] })
  models.teams.access({
    read: [{ open: true }, { memberships: { some: { user: me } } }, admin],
    create: 'signed-in',
    update: [owner, admin],
    delete: me.is({ admin: true, level: { gte: 5 } }),
  })
  models.memberships.access({
    read: [{ user: me }, admin],
    create: [{ team: owner }, admin],
    delete: [{ user: me }, { team: owner }, admin],
  })
  models.projects.access({
    read: [{ team: { memberships: { some: { user: me } } } }, { team: { open: true } }],
    update: { team: owner },
    updateTo: [{ team: owner }, { lead: me }],
    delete: [{ and: [{ team: owner }, { not: admin }] }, { lead: me }],
  })
  const run = (): number => 1
  const endpoints = {
    audit: endpoint({ allow: [admin, me.is({ memberships: { some: { role: 'owner' } } })], run }),
    ping: endpoint({ method: 'GET', path: '/ping', allow: 'everyone', authenticate: false, run }),
    face: group({ prefix: '/v1', authenticate: { scheme: 'Token', user: () => null } }, { close: endpoint({ allow: 'signed-in', run }) }),
  }
  return defineApp({ title, models, endpoints, login: { password: true }, admin, mount: { '/legacy': () => new Response('x') } })
}

const asText = (app: any): string => accessText(accessSections(app, registryOf(app)))
const asMarkdown = (app: any): string => accessMarkdown(app, registryOf(app))

test('a table that a person can read: who, and which rows, by what the rights hang on', () => {
  const text = asText(teams())
  for (const line of [
    /^read teams +open is true$/m,
    /^create users +one for themselves, by signing up with name, email$/m,
    /^users\.admin +users where admin is true +every row that they may write$/m,
    /^users\.level +nobody$/m,
    /^rows of memberships +whoever may create, update or delete/m,
    /^read +everyone +open is true\n +signed in +some of memberships \(user is the caller\)\n +users where admin is true +every row$/m,
    /^delete +users where admin is true and level is at +every row\n +least 5$/m,
    /^ +whoever deletes its team +every row of that team$/m,
    /^ +whoever deletes its lead +lead becomes empty$/m,
    /^see budget +users where level is at least 3 +every row that they may read$/m,
    /^see legacy +nobody +hidden/m,
    /^set legacy, level +nobody$/m,
    /^Routes of its own: list, get, delete\.$/m,
    /^POST \/api\/call\/audit +users where admin is true\n +users where some of memberships/m,
    /^GET \/ping +everyone +nobody is asked who they are$/m,
    /^POST \/v1\/close +signed in +known by a token:/m,
    /^\/docs, \/openapi\.json +nobody +everyone in `offstage dev`$/m,
    /^\/legacy \(mount\) +everyone/m,
  ])
    assert.match(text, line)
  for (const line of text.split('\n')) assert.ok(line.length <= 100, `wider than a terminal: ${line}`)
  assert.doesNotMatch(text, /[{}[\]"]/, 'no JSON')
})

test('for reviewers it has neither lines nor times, one order, and a changed right is a changed line', () => {
  const markdown = asMarkdown(teams())
  assert.equal(markdown, asMarkdown(teams()))
  assert.match(markdown, /^# Who may do what in Teams\n/)
  assert.match(markdown, /^\| update \| users where admin is true \| every row \|$/m)
  assert.doesNotMatch(markdown, /:\d+\b|\d{2}:\d{2}/)
  const changed: any = teams()
  changed.models.teams.access({ update: 'signed-in' })
  const [before, after] = [markdown, asMarkdown(changed)].map((text) => text.split('\n'))
  const differs = after!.filter((line) => !before!.includes(line))
  assert.deepEqual(differs, ['| update | signed in | open is true |', '| update | signed in | some of memberships (user is the caller) |'])
  assert.match(asMarkdown(teams({ title: 'A|B <i>*x*' })), /^# Who may do what in A\\\|B \\<i>\\\*x\\\*\n/)
})

test('check tells that access.md beside the app differs, and leaves a file of somebody else alone', () => {
  const app: any = teams()
  const registry = registryOf(app)
  const folder = mkdtempSync(join(tmpdir(), 'offstage-access-'))
  const file = join(folder, 'access.md')
  const ids = (): string[] => staleAccess(app, registry, join(folder, 'app.ts'), '.').map(({ id, level }) => `${id} ${level}`)
  try {
    assert.deepEqual(ids(), [], 'no file, nothing to compare')
    writeFileSync(file, asMarkdown(app))
    assert.deepEqual(ids(), [])
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
    assert.deepEqual(ids(), [], 'as Git writes it on Windows')
    writeFileSync(file, asMarkdown(app).replace('| update | nobody |', '| update | everyone |'))
    assert.deepEqual(ids(), ['O105 error'])
    assert.match(staleAccess(app, registry, join(folder, 'app.ts'), 'src')[0]!.hint, /^offstage access src --out .*access\.md, and look/)
    writeFileSync(file, '# How to get access\n')
    assert.deepEqual(ids(), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the shop's own access.md says what its rules say", () => {
  const file = resolve(import.meta.dirname, '../../../../examples/shop/app.ts')
  assert.equal(
    readFileSync(join(dirname(file), 'access.md'), 'utf8'),
    asMarkdown(shop),
    'offstage access examples/shop --out examples/shop/access.md',
  )
})

interface Caller {
  readonly name: string
  readonly id: string | null
}

/** What the ways shown say of this caller and row, in the world as it is now. */
async function predicted(open: any, name: string, action: 'read' | 'delete', caller: Caller, row: Row): Promise<boolean> {
  const app: any = teams()
  const registry = registryOf(app)
  const rows = new Map<string, Row[]>()
  for (const { name: of, system } of registry.models.values())
    if (!system) rows.set(of, JSON.parse(JSON.stringify((await open.sys[of].list({ limit: 1000 })).data)))
  const world: World = { registry, rows: (of) => rows.get(of)! }
  const def = registry.models.get(name)!
  const own = rows.get('users')!.find(({ id }) => id === caller.id)
  const principal: Principal = own ? { kind: 'user', id: caller.id!, row: own } : anonymous
  const holds = (filter: any): boolean => matches(world, def, row, bind(filter, principal, registry))
  return waysOf(registry, def, compileRules(registry).models.get(name)!.rules[action]).some(({ who, caller: of, row: on }) => {
    if (who === 'strangers' && own) return false
    if (who === 'users' && !(own && holds({ is: 'me', where: and(of) }))) return false
    return holds(and(on))
  })
}

test('the API itself does what is shown: each kind of caller, reading and deleting every row', async () => {
  await using open: any = await testApp(teams())
  const { sys } = open
  const user = async (name: string, more: object): Promise<Caller> => ({
    name,
    id: (await sys.users.create({ name, email: `${name}@example.com`, ...more })).id,
  })
  const callers = [
    { name: 'a stranger', id: null },
    await user('plain', {}),
    await user('reader', {}),
    await user('owner', { level: 3 }),
    await user('admin', { admin: true }),
    await user('root', { admin: true, level: 5 }),
  ]
  const [, , reader, owner] = callers
  const shut = await sys.teams.create({ name: 'shut' })
  const glass = await sys.teams.create({ name: 'glass', open: true })
  await sys.memberships.create({ team: shut.id, user: reader!.id })
  await sys.memberships.create({ team: shut.id, user: owner!.id, role: 'owner' })
  await sys.memberships.create({ team: glass.id, user: callers[4]!.id, role: 'owner' })
  for (const team of [shut, glass])
    for (const lead of [null, owner!.id, callers[1]!.id]) await sys.projects.create({ team: team.id, title: 'x', lead })

  const did = { read: 0, delete: 0, refused: 0 }
  for (const name of ['users', 'teams', 'memberships', 'projects']) {
    for (const caller of callers) {
      const api = open.as(caller.id)
      for (const row of JSON.parse(JSON.stringify((await sys[name].list({ limit: 1000 })).data)) as Row[]) {
        const what = `${caller.name} and ${name} ${JSON.stringify(row)}`
        const may = await predicted(open, name, 'read', caller, row)
        assert.equal((await answers(() => api[name].get(row['id']))) === 'done', may, `read: ${what}`)
        did[may ? 'read' : 'refused']++
        const mayDelete = await predicted(open, name, 'delete', caller, row)
        // The last thing tried with a caller: teams that still have projects stay.
        const answer = name === 'users' ? 'refused' : await answers(() => api[name].delete(row['id']))
        assert.equal(answer === 'done' || answer === 'still_referenced', mayDelete, `delete: ${what}: ${answer}`)
        if (answer === 'done') {
          did.delete++
          await sys[name].create(
            Object.fromEntries(Object.entries(row).filter(([key]) => !['version', 'createdAt', 'updatedAt'].includes(key))),
          )
        }
      }
    }
  }
  assert.ok(did.read > 20 && did.delete > 5 && did.refused > 20, JSON.stringify(did))
})

async function answers(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'done'
  } catch (error) {
    assert.ok(error instanceof OffstageClientError, String(error))
    return error.code === 'still_referenced' ? error.code : 'refused'
  }
}
