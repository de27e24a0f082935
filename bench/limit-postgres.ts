// The hand-written server on PostgreSQL: `limit-postgres.ts <url>`. A pool, and named statements for everything.
import { Pool, type QueryResult } from 'pg'
import { serveLimit, type Row } from './limit.ts'
import { productColumns, sessionQuery } from './work.ts'

const pool = new Pool({ connectionString: process.argv[2]!, max: 10 })
const columns = productColumns.map((name) => `p."${name}"`).join(', ')
const run = (name: string, text: string, values: unknown[] = []): Promise<QueryResult<Row>> => pool.query<Row>({ name, text, values })

const show = (row: Row): Row => ({
  id: row.id,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  version: Number(row.version),
  name: row.name,
  description: row.description,
  price: row.price,
  stock: Number(row.stock),
  active: row.active,
  releasedAt: row.releasedAt,
  category: row.category,
})
const showWith = (row: Row): Row => ({
  ...show(row),
  category:
    row.c_id === null
      ? null
      : { id: row.c_id, createdAt: row.c_createdAt, updatedAt: row.c_updatedAt, version: Number(row.c_version), name: row.c_name },
})
const names = productColumns.map((name) => `"${name}"`).join(', ')
const places = productColumns.map((_, at) => `$${at + 1}`).join(', ')

serveLimit({
  async byId(id) {
    const { rows } = await run('byId', `select ${columns} from products p where p.id = $1 and p.active`, [id])
    return rows[0] && show(rows[0])
  },
  list: async () => (await run('list', `select ${columns} from products p where p.active order by p.id limit 51`)).rows.map(show),
  listWith: async () =>
    (
      await run(
        'listWith',
        `select ${columns}, c.id as "c_id", c."createdAt" as "c_createdAt", c."updatedAt" as "c_updatedAt", c.version as "c_version", c.name as "c_name"
         from products p left join categories c on c.id = p.category where p.active order by p.id limit 51`,
      )
    ).rows.map(showWith),
  groups: async () =>
    (
      await run(
        'groups',
        'select category, count(*) as n, sum(price) as total from products where active group by category order by category',
      )
    ).rows.map((row) => ({ category: row['category'], n: Number(row['n']), total: row['total'] })),
  async session(hash) {
    const { rows } = await run('session', sessionQuery.replace('?', '$1'), [hash])
    return rows[0] && { startedAt: String(rows[0]['startedAt']), lastUsedAt: String(rows[0]['lastUsedAt']) }
  },
  category: async (id) => (await run('category', 'select 1 from categories where id = $1', [id])).rows.length > 0,
  insert: (row) =>
    run(
      'insert',
      `insert into products (${names}) values (${places})`,
      productColumns.map((name) => row[name]),
    ),
  update: async (id, stock, at) =>
    (
      await run('update', 'update products set stock = $1, "updatedAt" = $2, version = version + 1 where id = $3 and active', [
        stock,
        at,
        id,
      ])
    ).rowCount ?? 0,
})
