// Time buckets: local time is UTC plus an offset, which the statement looks up in a table that comes as a parameter. So every database
// buckets alike, whatever its own tables of zones say, if it has any.

import { offsetTable, type Offset } from '../../query/buckets.ts'
import type { BucketUnit } from '../../query/tree.ts'
import type { Token } from '../sql/dialect.ts'

const formats: Readonly<Record<BucketUnit, string>> = {
  hour: '%Y-%m-%dT%H:00',
  day: '%Y-%m-%d',
  week: '%Y-%m-%d',
  month: '%Y-%m',
  year: '%Y',
}

export function bucketText(sql: string, unit: BucketUnit, storage: 'datetime' | 'date', token: Token): string {
  const local = (): string => (storage === 'date' ? sql : localTime(sql, token))
  const cut = unit === 'week' ? `${local()} - interval weekday(${local()}) day` : local()
  return `date_format(${cut}, '${formats[unit]}')`
}

/** At the edges local time can leave the years that a column may hold; it then keeps to the edge. */
function localTime(sql: string, token: Token): string {
  const moved = `${sql} + interval ${seconds(sql, token)} second`
  const [first, last] = ["cast('0001-01-01 00:00:00' as datetime(3))", "cast('9999-12-31 23:59:59.999' as datetime(3))"]
  const kept = `coalesce(${moved}, case when ${sql} > '5000-01-01' then ${last} else ${first} end)`
  return `case when ${sql} is not null then greatest(${kept}, ${first}) end`
}

/** Found by the year, for which the server makes an index; a table of offsets goes through some centuries. */
function seconds(sql: string, token: Token): string {
  const columns = `y int path '$[0]', a datetime(3) path '$[1]', s int path '$[2]'`
  const rows = `json_table(${token((zone: string) => tableOf(zone).text)}, '$[*]' columns (${columns})) j`
  const [first, last] = [token((zone: string) => tableOf(zone).first), token((zone: string) => tableOf(zone).last)]
  const year = `least(greatest(year(${sql}), ${first}), ${last})`
  // The limit keeps the text from being read anew for every row.
  return `(select o.s from (select * from ${rows} limit 100000) o where o.y = ${year} and o.a <= ${sql} order by o.a desc limit 1)`
}

interface YearTable {
  readonly text: string
  readonly first: bigint
  readonly last: bigint
}

const tables = new Map<string, YearTable>()

function tableOf(zone: string): YearTable {
  let table = tables.get(zone)
  if (!table) tables.set(zone, (table = byYear(offsetTable(zone, '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'))))
  return table
}

/** For every year what holds when it begins, and every change in it. Before the first and after the last nothing changes. */
function byYear(offsets: readonly Offset[]): YearTable {
  const yearOf = ({ at }: Offset): number => Number(at.slice(0, 4))
  const changes = offsets.slice(1)
  const first = changes[0] ? yearOf(changes[0]) : 2000
  const last = changes.length > 0 ? yearOf(changes.at(-1)!) : first
  const rows: [year: number, at: string, seconds: number][] = []
  let [{ seconds: now }] = offsets as readonly [Offset]
  let next = 0
  for (let year = first; year <= last; year++) {
    rows.push([year, year === first ? '0001-01-01 00:00:00.000' : `${year}-01-01 00:00:00.000`, now])
    for (; changes[next] && yearOf(changes[next]!) === year; next++) {
      const { at, seconds } = changes[next]!
      rows.push([year, `${at.slice(0, 10)} ${at.slice(11, 23)}`, (now = seconds)])
    }
  }
  return { text: JSON.stringify(rows), first: BigInt(first), last: BigInt(last) }
}
