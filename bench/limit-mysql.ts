// The hand-written server on MySQL or MariaDB: `limit-mysql.ts <url>`. A pool, and prepared statements for everything.
import { createPool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { serveLimit, type Row } from './limit.ts'
import { productColumns, sessionQuery } from './work.ts'

const pool = createPool({ uri: process.argv[2]!, connectionLimit: 10, timezone: 'Z' })
const columns = productColumns.map((name) => `p.\`${name}\``).join(', ')
const all = async (sql: string, values: string[] = []): Promise<Row[]> => (await pool.execute<RowDataPacket[]>(sql, values))[0]
const write = async (sql: string, values: any[]): Promise<number> => (await pool.execute<ResultSetHeader>(sql, values))[0].affectedRows
const at = (text: string): string => text.slice(0, 23).replace('T', ' ')

const show = (row: Row): Row => ({
  id: row.id,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  version: row.version,
  name: row.name,
  description: row.description,
  price: row.price,
  stock: row.stock,
  active: row.active === 1,
  releasedAt: row.releasedAt,
  category: row.category,
})
const showWith = (row: Row): Row => ({
  ...show(row),
  category:
    row.c_id === null
      ? null
      : { id: row.c_id, createdAt: row.c_createdAt, updatedAt: row.c_updatedAt, version: row.c_version, name: row.c_name },
})
const names = productColumns.map((name) => `\`${name}\``).join(', ')

serveLimit({
  async byId(id) {
    const [row] = await all(`select ${columns} from products p where p.id = ? and p.active = 1`, [id])
    return row && show(row)
  },
  list: async () => (await all(`select ${columns} from products p where p.active = 1 order by p.id limit 51`)).map(show),
  listWith: async () =>
    (
      await all(
        `select ${columns}, c.id as c_id, c.createdAt as c_createdAt, c.updatedAt as c_updatedAt, c.version as c_version, c.name as c_name
         from products p left join categories c on c.id = p.category where p.active = 1 order by p.id limit 51`,
      )
    ).map(showWith),
  groups: async () =>
    (
      await all('select category, count(*) as n, sum(price) as total from products where active = 1 group by category order by category')
    ).map((row) => ({ category: row['category'], n: row['n'], total: row['total'] })),
  async session(hash) {
    const [row] = await all(sessionQuery.replaceAll('"', '`'), [hash])
    return row && { startedAt: String(row['startedAt']), lastUsedAt: String(row['lastUsedAt']) }
  },
  category: async (id) => (await all('select 1 from categories where id = ?', [id])).length > 0,
  insert: (row) =>
    write(
      `insert into products (${names}) values (${productColumns.map(() => '?').join(', ')})`,
      productColumns.map((name) => (name.endsWith('At') ? at(row[name]) : name === 'active' ? 1 : row[name])),
    ),
  update: (id, stock, when) =>
    write('update products set stock = ?, updatedAt = ?, version = version + 1 where id = ? and active = 1', [stock, at(when), id]),
})
