// The pitfalls of databases, each with the tests that keep it shut. What stands under `every` runs on each store: the contract, the
// random questions, and the tests of `test/data` with TEST_DATABASE_URL. A pitfall that one database alone has names its tests beside it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

interface Pitfall {
  readonly what: string
  readonly every?: readonly string[]
  readonly sqlite?: readonly string[]
  readonly postgres?: readonly string[]
  readonly mysql?: readonly string[]
}

const contract = (file: string, title: string): string => `src/store/contract/${file}.ts: ${title}`
const data = (file: string, title: string): string => `test/data/${file}.test.ts: ${title}`
const own = (store: string, title: string): string => `test/store/${store}.test.ts: ${title}`

const everyKind = contract('values', 'a row of every kind comes back as it went in, as objects and as the same bytes')
const exactSums = contract('values', 'sums of whole numbers and decimals are exact, however large')
const comparesText = contract('values', 'text is compared by code point, literally, and with its case')
const oneStock = contract('transactions', 'transactions run one after another: 200 that take from one stock leave it at zero')
const taken = contract('limits', 'a taken unique value is refused with the names, and null is never taken')
const workedOut = contract('limits', 'columns are worked out from their old values, exactly and within their limits')
const upsert = data('tables', 'upsert updates the row with the key or makes it, under the rules of what it does')

const pitfalls: Record<number, Pitfall> = {
  1: {
    what: 'who waits for the writer stops the process',
    every: [contract('transactions', 'others see what is committed only; the transaction sees what it did')],
    sqlite: [own('sqlite', '1: while another process holds the lock, this one waits without stopping, and reads go on')],
    postgres: [
      own(
        'postgres-failures',
        'when every connection is in use, a transaction is refused while they are, and reads are answered meanwhile',
      ),
    ],
    mysql: [own('mysql', 'when all connections are in use, others are told to come back while they are, and reads answer')],
  },
  2: {
    what: 'a transaction that reads first is overtaken',
    every: [oneStock, data('transactions', 'L3 of 100 increments none is lost')],
    sqlite: [own('sqlite', '2: a transaction that reads before it writes cannot be overtaken by another process')],
  },
  3: { what: 'parameters shift or are missing', every: [everyKind], sqlite: [own('sqlite', '3, 4, 5: every value is encoded')] },
  4: { what: 'undefined, NaN and booleans as parameters', every: [everyKind], sqlite: [own('sqlite', '3, 4, 5: every value is encoded')] },
  5: { what: 'whole numbers become doubles', every: [everyKind, workedOut], sqlite: [own('sqlite', '3, 4, 5: every value is encoded')] },
  6: { what: 'whole numbers past 2^53', every: [exactSums, workedOut] },
  7: { what: 'decimals summed as doubles', every: [exactSums, workedOut] },
  8: { what: 'booleans and bytes in JSON', every: [everyKind] },
  9: { what: 'instants and days through local time', every: [everyKind] },
  10: {
    what: 'case folded for ASCII only',
    every: [taken, data('transactions', 'L1 of 50 creates with one unique value, differing by case, one succeeds')],
  },
  11: { what: 'an insert that conflicts gives no row', every: [upsert, taken] },
  12: {
    what: 'settings of a connection',
    sqlite: [own('sqlite', '10, 12: tables are STRICT, commits reach the disk, and references are checked on every connection')],
    postgres: [own('postgres', 'a server or database that is not there, or not for us, is named when the app starts')],
    mysql: [own('mysql', 'the URL of the database is read, and what is wrong with it is said')],
  },
  13: { what: 'which value was taken', every: [taken] },
  14: {
    what: 'where nulls are sorted',
    every: [contract('lists', 'pages go through every row once, nulls last both ways, whatever is sorted by')],
  },
  15: { what: 'three-valued logic', every: [contract('values', 'a comparison with null is false, and its negation true')] },
  16: { what: 'rows matched or rows changed', every: [workedOut, data('tables', 'an update that changes nothing writes nothing')] },
  17: { what: 'upsert on any unique key', every: [upsert] },
  18: { what: 'paths in JSON', every: [contract('lists', 'json is looked into by path')] },
  19: {
    what: 'levels of isolation',
    every: [oneStock, contract('transactions', 'a refused statement is undone alone: the transaction goes on')],
    postgres: [own('postgres', '19: transactions that read what the other writes do not both succeed as they are')],
    mysql: [own('mysql', 'writers that read the same rows and then write them all succeed, and none is lost')],
  },
  20: {
    what: 'time zones of the server',
    every: [everyKind, contract('aggregates', 'time is cut to local hours, days, weeks, months and years, through changes of the clock')],
    postgres: [own('postgres', '20: neither the zone of the server nor that of this process touches a value')],
  },
  21: { what: 'collations', every: [comparesText] },
  22: {
    what: 'limits in subqueries, lengths of indexes',
    every: [contract('lists', 'lists have their own order and limit under each row')],
    mysql: [own('ddl-mysql', 'indexes come and go, also those that references use and wide ones')],
  },
  23: {
    what: 'plans that outlive their tables',
    every: [contract('lists', 'questions of one shape share a plan, and never their values')],
    postgres: [own('postgres', '22, 23: a plan outlives its table, whatever has changed in it')],
  },
  24: { what: 'signs that LIKE reads', every: [comparesText] },
  25: {
    what: 'JSON text that passes by the code',
    every: [everyKind],
    sqlite: ['test/differential.test.ts: the database answers random questions as the evaluator does'],
    postgres: [own('postgres-differential', 'PostgreSQL answers random questions as the evaluator does')],
    mysql: [own('mysql-differential', 'MySQL answers random questions as the evaluator does')],
  },
}

const root = join(import.meta.dirname, '../..')
const numbers = Array.from({ length: 25 }, (_, at) => at + 1)

test('each of the 25 pitfalls has a test on each store', () => {
  assert.deepEqual(Object.keys(pitfalls).map(Number), numbers)
  for (const number of numbers) {
    const { what, every = [], ...own } = pitfalls[number]!
    for (const store of ['sqlite', 'postgres', 'mysql'] as const)
      assert.ok(every.length > 0 || (own[store] ?? []).length > 0, `pitfall ${number} (${what}) has no test on ${store}`)
    for (const line of [...every, ...Object.values(own).flat()]) {
      const [file, title] = line.split(/: (.*)/s) as [string, string]
      assert.ok(
        readFileSync(join(root, file), 'utf8').includes(`'${title}`),
        `pitfall ${number} (${what}): ${file} has no test '${title}...'`,
      )
    }
  }
})
