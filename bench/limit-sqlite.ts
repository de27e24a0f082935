// The hand-written server on SQLite: `limit-sqlite.ts <database file>`.
import { DatabaseSync } from 'node:sqlite'
import { serveLimit, type Row } from './limit.ts'
import { productColumns, sessionQuery, sqlitePragmas, type Session } from './work.ts'

const db = new DatabaseSync(process.argv[2]!)
for (const pragma of sqlitePragmas) db.exec(`pragma ${pragma}`)

const columns = productColumns.map((name) => `p."${name}"`).join(', ')
const byId = db.prepare(`select ${columns} from products p where p.id = ? and p.active = 1`)
const list = db.prepare(`select ${columns} from products p where p.active = 1 order by p.id limit 51`)
const listWith =
  db.prepare(`select ${columns}, c.id as "c_id", c."createdAt" as "c_createdAt", c."updatedAt" as "c_updatedAt", c.version as "c_version", c.name as "c_name"
  from products p left join categories c on c.id = p.category where p.active = 1 order by p.id limit 51`)
const insert = db.prepare(
  `insert into products (${productColumns.map((name) => `"${name}"`).join(', ')}) values (${productColumns.map(() => '?').join(', ')})`,
)
const update = db.prepare('update products set stock = ?, "updatedAt" = ?, version = version + 1 where id = ? and active = 1')
const groups = db.prepare(
  'select category, count(*) as n, sum(price) as total from products where active = 1 group by category order by category',
)
const session = db.prepare(sessionQuery)
const category = db.prepare('select 1 from categories where id = ?')

const decimal = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
const show = (row: Row): Row => ({
  id: row.id,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  version: row.version,
  name: row.name,
  description: row.description,
  price: decimal(row.price),
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

serveLimit({
  byId(id) {
    const row = byId.get(id) as Row | undefined
    return row && show(row)
  },
  list: () => (list.all() as Row[]).map(show),
  listWith: () => (listWith.all() as Row[]).map(showWith),
  groups: () => (groups.all() as Row[]).map((row) => ({ category: row['category'], n: row['n'], total: decimal(row['total']) })),
  session: (hash) => session.get(hash) as Session | undefined,
  category: (id) => category.get(id) !== undefined,
  insert: (row) =>
    insert.run(
      ...productColumns.map((name) => (name === 'price' ? Math.round(Number(row[name]) * 100) : name === 'active' ? 1 : row[name])),
    ),
  update: (id, stock, at) => Number(update.run(stock, at, id).changes),
})
