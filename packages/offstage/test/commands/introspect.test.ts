// Models for tables that somebody else made, and an app that runs on them. TEST_POSTGRES_URL and TEST_MYSQL_URL name the servers.
import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { databaseOf } from '../../src/app/database-url.ts'
import { openStore } from '../../src/app/database.ts'
import { makeScratch } from '../../src/app/scratch.ts'
import { resolve } from '../../src/schema/resolve.ts'
import { workplace } from './offstage.ts'

interface Foreign {
  readonly make: () => Promise<{ readonly url: (folder: string) => string; drop(): Promise<void> }>
  readonly sql: readonly string[]
  /** What the fields of `customers` become. */
  readonly fields: readonly RegExp[]
}

const scratch =
  (server: string): Foreign['make'] =>
  async () => {
    const { url, drop } = await makeScratch(server)
    return { url: () => url, drop }
  }

const foreign: Record<string, Foreign> = {
  SQLite: {
    make: async () => ({ url: (folder) => `file:${join(folder, 'old.db')}`, drop: async () => {} }),
    sql: [
      `create table customers (customer_id integer primary key, full_name varchar(120) not null, email text not null unique, balance decimal(12,2) not null default 0, is_active boolean not null default 1)`,
      `create table orders (id text primary key not null, customer_id int not null references customers (customer_id), note text, "count" int, "eq" int, unique (customer_id, note))`,
      `create table order_items (order_id text, line int, primary key (order_id, line))`,
    ],
    fields: [/balance: t\.number\(\)\.default\(0\)/, /isActive: t\.boolean\(\)\.default\(true\)\.column\('is_active'\)/],
  },
  PostgreSQL: {
    make: scratch(process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'),
    sql: [
      `create type mood as enum ('sad', 'ok')`,
      `create table customers (customer_id serial primary key, full_name varchar(120) not null, email varchar(255) not null unique, created_at timestamptz not null default now(), balance numeric(12,2) not null default 0, is_active boolean not null default true, tags text[], mood mood, meta jsonb)`,
      `create table orders (id uuid primary key default gen_random_uuid(), customer_id int not null references customers, note text, "count" int, "eq" int, unique (customer_id, note))`,
      `create table order_items (order_id uuid references orders, line int, primary key (order_id, line))`,
    ],
    fields: [
      /balance: t\.decimal\(12, 2\)\.default\('0\.00'\)/,
      /createdAt: t\.datetime\(\)\.default\(\(\) => new Date\(\)\)\.column\('created_at'\)/,
      /isActive: t\.boolean\(\)\.default\(true\)/,
      /meta: t\.json\(\)\.optional\(\)/,
      /\/\/ mood: mood/,
      /\/\/ tags: text\[\]/,
    ],
  },
  'MySQL or MariaDB': {
    make: scratch(process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test'),
    sql: [
      "create table customers (customer_id int auto_increment primary key, full_name varchar(120) not null, email varchar(255) not null unique, created_at datetime(3) not null default now(3), balance decimal(12,2) not null default 0, is_active tinyint(1) not null default 1, mood enum('sad', 'ok') not null default 'ok')",
      'create table orders (id varchar(64) primary key, customer_id int not null, note varchar(200), `count` int, `eq` int, unique (customer_id, note), foreign key (customer_id) references customers (customer_id))',
      'create table order_items (order_id varchar(64), line int, primary key (order_id, line))',
    ],
    fields: [
      /balance: t\.decimal\(12, 2\)\.default\('0\.00'\)/,
      /isActive: t\.boolean\(\)\.default\(true\)/,
      /mood: t\.enum\('sad', 'ok'\)\.default\('ok'\)/,
    ],
  },
}

for (const [name, { make, sql, fields }] of Object.entries(foreign)) {
  test(`${name}: tables that are there get models, and an app runs on them without changing them`, { timeout: 300_000 }, async () => {
    using place = workplace()
    const { url: urlIn, drop } = await make()
    const url = urlIn(place.folder)
    const store = await openStore(resolve({ models: {} }), databaseOf(url, [], '/'))
    try {
      await store.tables.locked(async (session) => {
        for (const statement of sql) await session.run(statement)
      })
      const before = await store.tables.introspect()
      const ran = await place.run('introspect', url, '--out', '.')
      assert.equal(ran.code, 0, ran.err)
      assert.match(ran.out, /2 models, in \.: customers, orders/)
      assert.match(ran.out, /left out: order_items has a key of 2 columns/)
      const source = readFileSync(join(place.folder, 'models/customers.ts'), 'utf8')
      for (const field of [/fullName: t\.text\({ max: 120 }\)\.column\('full_name'\)/, /email: t\.text\(.*\)\.unique\(\)/, ...fields])
        assert.match(source, field)
      assert.match(source, /id: t\.serial\(\)\.column\('customer_id'\)/)
      const orders = readFileSync(join(place.folder, 'models/orders.ts'), 'utf8')
      assert.match(orders, /customer: t\.ref\('customers'\)\.column\('customer_id'\)/)
      assert.match(orders, /unique: \[\['customer', 'note'\]\]/)
      assert.match((await place.run('introspect', url)).err, /are there already; nothing was written/)

      const open = `access({ read: 'everyone', create: 'everyone', update: 'everyone', delete: 'everyone' })\n`
      for (const model of ['customers', 'orders']) appendFileSync(join(place.folder, `models/${model}.ts`), `${model}.${open}`)
      assert.equal((await place.run('check')).code, 0)
      const app = place.start({ DATABASE_URL: url }, 'dev')
      const [, base] = await app.until(/(http:\/\/localhost:\d+)\/api/)
      const post = async (model: string, values: object): Promise<any> => {
        const answer = await fetch(`${base}/api/${model}`, {
          method: 'POST',
          body: JSON.stringify(values),
          headers: { 'content-type': 'application/json' },
        })
        assert.equal(answer.status, 201, await answer.clone().text())
        return answer.json()
      }
      const ada = await post('customers', { fullName: 'Ada', email: 'ada@example.com' })
      assert.equal(ada.id, '1')
      await post('orders', { ...(orders.includes('t.key()') && { id: 'o-1' }), customer: '1', note: 'first', count: 3, eq2: 4 })
      const list = await (await fetch(`${base}/api/orders?include=customer&customer.fullName=Ada`)).json()
      assert.equal(list.data[0].customer.email, 'ada@example.com')
      assert.deepEqual([list.data[0].count, list.data[0].eq2], [3, 4])
      assert.ok((await fetch(`${base}/api/orders/no-such-id`)).status < 500, 'an id that cannot be one is no fault of the server')
      await app.stop()
      assert.deepEqual(
        (await store.tables.introspect()).filter((table) => !table.name.startsWith('offstage_')),
        before,
      )
    } finally {
      await store.close()
      await drop()
    }
  })
}
