import { defineApp, defineModels, model, t } from 'offstage'
import { testApp } from 'offstage/testing'
import { makeScratch } from '../../src/app/scratch.ts'
import { serverUrls } from './servers-world.ts'
const a = t as any
const many = (n: number, make: () => any): any => Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, make()]))
const emoji = (n: number): string => Array.from({ length: n }, () => String.fromCodePoint(0x10000 + Math.floor(Math.random() * 0xfffff))).join('')
const own = { own: { id: a.key() } }
const cases: [string, () => any, ((sys: any) => Promise<unknown>)?][] = [
  ['odd column names', () => ({ rows: model({ a: a.text().column('a"b'), b: a.text().column('a`b'), c: a.text().column("a'b"), d: a.text().column('a?b'), e: a.text().column('$1'), f: a.text().column('a b'), g: a.text().column('é').unique(), h: a.text().column('order').index?.() ?? a.text(), i: a.integer({ min: 1 }).column('a.b') , j: a.enum('x', 'y').column('a\\b'), k: a.json().column('%s')}) }),
    async (s) => { await s.rows.create({ a: 'a', b: 'b', c: 'c', d: 'd', e: 'e', f: 'f', g: 'g', h: 'h', i: 1, j: 'x', k: { a: 1 } }); return (await s.rows.list({ where: { a: 'a', b: { contains: 'b' }, e: { in: ['e'] }, k: { path: 'a', equals: 1 } }, sort: ['d', 'e', '-f'] })).data.length } ],
  ['emoji column', () => ({ rows: { a: a.text().column('\u{1f600}') } }), (s) => s.rows.create({ a: 'x' })],
  ['blank column', () => ({ rows: { a: a.text().column('a ') } }), (s) => s.rows.create({ a: 'x' })],
  ['newline column', () => ({ rows: { a: a.text().column('a\nb') } }), (s) => s.rows.create({ a: 'x' })],
  ['empty column', () => ({ rows: { a: a.text().column('') } }), (s) => s.rows.create({ a: 'x' })],
  ['case only columns', () => ({ rows: { a: a.text(), b: a.text().column('A') } }), (s) => s.rows.create({ a: 'x', b: 'y' })],
  ['case only fields', () => ({ rows: { userId: a.text(), userid: a.text() } }), (s) => s.rows.create({ userId: 'x', userid: 'y' })],
  ['case only tables', () => ({ rows: { a: a.text() }, others: model({ a: a.text() }, { table: 'Rows' }) }), (s) => s.others.create({ a: 'x' })],
  ['case only models', () => ({ orderlines: { a: a.text() }, orderLines: { a: a.text() } }), (s) => s.orderLines.create({ a: 'x' })],
  ['63 byte column', () => ({ rows: { a: a.text({max: 9}).unique().column('x'.repeat(63)), b: a.integer({ min: 1 }).column('y'.repeat(63)) } }), (s) => s.rows.create({ a: 'x', b: 1 })],
  ['63 byte searchable', () => ({ rows: { a: a.text().searchable().column('x'.repeat(63)) } }), (s) => s.rows.create({ a: 'x' })],
  ['63 byte email', () => ({ rows: { a: a.email().unique().column('x'.repeat(60)) } }), (s) => s.rows.create({ a: 'x@x.de' })],
  ['64 byte column', () => ({ rows: { a: a.text().column('x'.repeat(64)) } }), (s) => s.rows.create({ a: 'x' })],
  ['40 é column (80 bytes)', () => ({ rows: { a: a.text().column('é'.repeat(40)) } }), (s) => s.rows.create({ a: 'x' })],
  ['odd table', () => ({ rows: model({ a: a.text().searchable(), b: a.ref('rows').optional() }, { table: 'a`b"c\'d?e$1 f.g' }) }), async (s) => { const { id } = await s.rows.create({ a: 'x' }); await s.rows.create({ a: 'y', b: id }); return (await s.rows.list({ search: 'x' })).data.length } ],
  ['sqlite_ table', () => ({ rows: model({ a: a.text() }, { table: 'sqlite_rows' }) }), (s) => s.rows.create({ a: 'x' })],
  ['pg_ table', () => ({ rows: model({ a: a.text() }, { table: 'pg_class' }) }), (s) => s.rows.create({ a: 'x' })],
  ['settings table', () => ({ rows: model({ a: a.text() }, { table: 'offstage_settings', api: [] }) }), (s) => s.rows.create({ a: 'x' })],
  ['schema.table', () => ({ rows: model({ a: a.text() }, { table: 'information_schema.tables' }) }), (s) => s.rows.create({ a: 'x' })],
  ['reserved', () => ({ user: { from: a.text(), table: a.text().unique(), default: a.integer().default(1), check: a.ref('user').optional(), rowid: a.text(), oid: a.text(), ctid: a.text().optional(), xmin: a.integer().optional() } }), (s) => s.user.create({ from: 'x', table: 't', rowid: 'r', oid: 'o' })],
  ['system column xmin', () => ({ rows: { xmin: a.integer() } }), (s) => s.rows.create({ xmin: 1 })],
  ['tableoid', () => ({ rows: { tableoid: a.integer() } }), (s) => s.rows.create({ tableoid: 1 })],
  ['same index name', () => ({ rows: model({ x: a.text({max:9}), y: a.text({max:9}), z: a.text({max:9}).unique().column('x_y') }, { unique: [['x', 'y']] }) }),
    async (s) => { await s.rows.create({ x: '1', y: '1', z: '1' }); let r = ''; for (const v of [{ x: '1', y: '1', z: '2' }, { x: '2', y: '2', z: '1' }]) r += await s.rows.create(v).then(() => 'LOST ', (e: any) => `${e.code} `); return r } ],
  ['unique of three wide texts', () => ({ rows: model({ x: a.text({max:255}), y: a.text({max:255}), z: a.text({max:255}) }, { unique: [['x', 'y', 'z']] }) }), (s) => s.rows.create({ x: emoji(255), y: emoji(255), z: emoji(255) })],
  ['index of four wide texts', () => ({ rows: model({ x: a.text({max:255}), y: a.text({max:255}), z: a.text({max:255}), w: a.text({max:255}) }, { index: [['x', 'y', 'z', 'w']] }) }), (s) => s.rows.create({ x: emoji(255), y: emoji(255), z: emoji(255), w: emoji(255) })],
  ['unique of four wide texts', () => ({ rows: model({ x: a.text({max:255}), y: a.text({max:255}), z: a.text({max:255}), w: a.text({max:255}) }, { unique: [['x', 'y', 'z', 'w']] }) }), (s) => s.rows.create({ x: emoji(255), y: emoji(255), z: emoji(255), w: emoji(255) })],
  ['unique text 768', () => ({ rows: { x: a.text({ max: 768 }).unique() } }), (s) => s.rows.create({ x: emoji(768) })],
  ['unique url', () => ({ rows: { x: a.url().unique() } }), (s) => s.rows.create({ x: `https://x.example/${emoji(1000)}` })],
  ['indexed url', () => ({ rows: { x: a.url().index() } }), (s) => s.rows.create({ x: `https://x.example/${emoji(1000)}` })],
  ['unique email wide', () => ({ rows: { x: a.email().unique() } }), (s) => s.rows.create({ x: `${'\u{1d4d0}'.repeat(30)}@x.example` })],
  ['unique email that grows', () => ({ rows: { x: a.email().unique() } }), (s) => s.rows.create({ x: `${'ﷺ'.repeat(64)}@${'ﷺ'.repeat(60)}.${'ﷺ'.repeat(60)}.de` })],
  ...[60, 64, 70, 200].map((n): any => [`${n} short texts`, () => ({ rows: many(n, () => a.text({ max: 255 })) }), (s: any) => s.rows.create(Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, emoji(255)])))]),
  ['80 enums', () => ({ rows: many(80, () => a.enum('a', 'b')) }), (s) => s.rows.create(Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`f${i}`, 'a'])))],
  ['300 texts', () => ({ rows: many(300, () => a.text()) }), (s) => s.rows.create(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, emoji(50)])))],
  ['300 searchable refs ints', () => ({ rows: many(300, () => a.integer({ min: 0 }).default(1)) }), (s) => s.rows.create({})],
  ['70 indexes', () => ({ rows: many(70, () => a.integer().optional().index()) }), (s) => s.rows.create({})],
  ['70 refs', () => ({ rows: many(70, () => a.ref('rows').optional()) }), (s) => s.rows.create({})],
  ['20 searchable', () => ({ rows: many(20, () => a.text().searchable()) }), (s) => s.rows.create(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, `word${i} x`]))).then(() => s.rows.count())],
  ['odd defaults', () => ({ rows: { a: a.text().default("it's \\ \"x\" \n \u{1f600} %s ?"), b: a.text({ max: 9 }).default('\\'), c: a.datetime().default('2026-01-01T00:00:00Z'), d: a.date().default('0001-01-01'), e: a.decimal(18, 18).default('0.5'), f: a.number().default(5e-324), g: a.enum("a'b", 'c\\d', '\u{1f600}', 'x\ny', '').default("a'b"), h: a.boolean().default(true), i: a.integer().default(-9007199254740991), j: a.number({ min: -1e-7, max: 1e21 }).default(1) } }), async (s) => JSON.stringify({ ...(await s.rows.create({})), id: 0, createdAt: 0 })],
  ['many choices', () => ({ rows: { a: a.enum(...Array.from({ length: 300 }, (_, i) => `choice number ${i} ${'x'.repeat(100)}`)) } }), (s) => s.rows.create({ a: `choice number 7 ${'x'.repeat(100)}` })],
  ['long choice', () => ({ rows: { a: a.enum('x'.repeat(300), 'y') } }), (s) => s.rows.create({ a: 'x'.repeat(300) })],
  ['choices by case and blank', () => ({ rows: { a: a.enum('a', 'A', 'a ', 'ä', 'a\u0308') } }), async (s) => { for (const v of ['a', 'A', 'a ', 'ä', 'a\u0308']) await s.rows.create({ a: v }); return JSON.stringify(await s.rows.aggregate({ group: ['a'], measures: { n: 'count' } })) }],
]
cases.push(
  ['email per team', () => ({ teams: { n: a.text() }, rows: model({ email: a.email(), team: a.ref('teams') }, { unique: [['team', 'email']] }) }), async (s) => { const { id: team } = await s.teams.create({ n: 'x' }); await s.rows.create({ email: 'a@x.de', team }); return s.rows.create({ email: 'A@x.de', team }).then(() => 'LOST', (e: any) => e.code) }],
  ['slug per team and kind', () => ({ teams: { n: a.text() }, rows: model({ slug: a.text({ max: 255 }), kind: a.enum('a', 'b'), team: a.ref('teams') }, { unique: [['team', 'kind', 'slug']] }) }), async (s) => { const { id: team } = await s.teams.create({ n: 'x' }); await s.rows.create({ slug: 's', kind: 'a', team }); return s.rows.create({ slug: 's', kind: 'a', team }).then(() => 'LOST', (e: any) => e.code) }],
  ['text per text', () => ({ rows: model({ slug: a.text(), kind: a.text() }, { unique: [['kind', 'slug']] }) }), async (s) => { await s.rows.create({ slug: 's', kind: 'a' }); return s.rows.create({ slug: 's', kind: 'a' }).then(() => 'LOST', (e: any) => e.code) }],
  ['url and team', () => ({ teams: { n: a.text() }, rows: model({ url: a.url({ max: 700 }), team: a.ref('teams') }, { unique: [['team', 'url']] }) }), (s) => s.rows.count()],
  ['rowid fields', () => ({ rows: { rowid: a.text(), rowId: a.text().column('x'), oid: a.text(), kids: a.many('kids', 'row') }, kids: { row: a.ref('rows'), oid: a.integer() } }), async (s) => { for (const i of [1, 2, 3]) { const { id } = await s.rows.create({ rowid: 'same', rowId: '1', oid: String(4 - i) }); await s.kids.create({ row: id, oid: i }) } return JSON.stringify((await s.rows.list({ sort: 'oid', include: { kids: { sort: '-oid', select: ['oid'] } }, select: ['oid', 'rowid'] })).data) }],
  ['nullable unique', () => ({ rows: model({ x: a.text({ max: 9 }).optional(), y: a.text({ max: 9 }) }, { unique: [['x', 'y']] }) }), async (s) => { await s.rows.create({ y: '1' }); return s.rows.create({ y: '1' }).then(() => 'both', (e: any) => e.code) }],
)
const only = process.argv[2]
for (const [name, make, use] of cases) {
  if (only && !name.includes(only)) continue
  const out: string[] = []
  for (const [db, url] of [['sqlite', undefined], ...Object.entries(serverUrls)] as [string, string | undefined][]) {
    const scratch = url === undefined ? undefined : await makeScratch(url)
    try {
      const { models } = defineModels(make())
      const test = await testApp(defineApp({ models }), { env: { DATABASE_URL: scratch?.url ?? 'file::memory:' }, log: () => {} })
      try {
        const made = use ? await use(test.sys) : ''
        out.push(`${db}: ok ${typeof made === 'object' ? '' : made}`)
      } finally {
        await test.close()
      }
    } catch (error: any) {
      out.push(`${db}: ${error.code} ${String(error.detail ?? error.message).replaceAll(/\s+/g, ' ').slice(0, 260)} ${error.cause ? String(error.cause.message).slice(0, 150) : ''}`)
    }
    await scratch?.drop().catch((e) => console.log('drop', e.message))
  }
  console.log(`## ${name}\n   ${new Set(out.map((o) => o.slice(o.indexOf(':')))).size === 1 ? `all${out[0]!.slice(out[0]!.indexOf(':'))}` : out.join('\n   ')}`)
}
