// What a search costs by the index for words, and without it: the same question as a filter that looks for a part of the text, which no index
// serves. `node --conditions=@offstage/source bench/search.ts [rows] [url of a server ...]` measures SQLite, and each of the servers.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineModels, t } from '../packages/offstage/src/index.ts'
import { createIds } from '../packages/offstage/src/base/ids.ts'
import { databaseOf } from '../packages/offstage/src/app/database-url.ts'
import { openStore } from '../packages/offstage/src/app/database.ts'
import { makeScratch } from '../packages/offstage/src/app/scratch.ts'
import { follow } from '../packages/offstage/src/migrate/follow.ts'
import { parseQuery } from '../packages/offstage/src/query/parse-json.ts'
import type { Query } from '../packages/offstage/src/query/tree.ts'
import { resolve } from '../packages/offstage/src/schema/resolve.ts'
import type { Store } from '../packages/offstage/src/store/store.ts'

const [given, ...servers] = process.argv.slice(2)
const size = Number(given ?? 200_000)
const { models } = defineModels({ goods: { name: t.text().searchable(), text: t.text().searchable(), price: t.integer() } })
const registry = resolve({ models })
const rounds = 7

/** Twenty thousand words; the first are in most rows, the last in few. */
const words = Array.from({ length: 20_000 }, (_, i) => `${(i * 7_919 + 10_007).toString(36)}${'abcdefg'[i % 7]}`)
const word = (i: number, at: number): string =>
  words[Math.floor(words.length * (((i * 2_654_435_761 + at * 40_503) % 99_991) / 99_991) ** 3)]!
const text = (i: number, from: number, count: number): string => Array.from({ length: count }, (_, at) => word(i, from + at)).join(' ')

async function fill(store: Store): Promise<void> {
  const nextId = createIds()
  const at = '2026-01-31T12:00:00.000Z'
  for (let from = 0; from < size; from += 2_000) {
    await store.transaction(
      async (tx) => {
        for (let i = from; i < Math.min(size, from + 2_000); i++) {
          const rare = i % 20_000 === 7 ? ' rareword' : ''
          const row = { name: text(i, 0, 4) + rare, text: text(i, 4, 12), price: i }
          await tx.insert('goods', { id: nextId(), createdAt: at, updatedAt: at, version: 1, ...row })
        }
      },
      { timeout: 120_000 },
    )
  }
}

async function median(store: Store, query: Query): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await store.list(query)
    times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[rounds >> 1]!
}

const selected = { select: [{ field: 'id' }, { field: 'name' }] }

async function measure(store: Store): Promise<void> {
  const began = performance.now()
  await fill(store)
  process.stdout.write(`${store.dialect}: ${size} rows in ${Math.round((performance.now() - began) / 1000)} s\n`)
  // A server takes stock of many new rows by itself, but not at once.
  const look = { sqlite: 'analyze', postgres: 'vacuum analyze goods', mysql: 'analyze table goods', mariadb: 'analyze table goods' }
  await store.tables.locked((session) => session.all(look[store.dialect]))
  for (const [name, looked] of Object.entries({
    rare: 'rareword',
    common: words[0]!,
    'two words': `${words[3]} ${words[400]}`,
    none: 'zzzzz',
  })) {
    const search = { ...parseQuery(registry, 'goods', { search: looked }), ...selected }
    const parts = looked.split(' ').map((one) => ({ or: [{ name: { contains: one } }, { text: { contains: one } }] }))
    const contains = { ...parseQuery(registry, 'goods', { where: { and: parts } }), ...selected }
    const rows = await store.count('goods', search.where)
    const figures: string[] = []
    for (const query of [search, { ...search, sort: contains.sort }, contains])
      figures.push(`${(await median(store, query)).toFixed(1)} ms`)
    const [ranked, sorted, without] = figures
    process.stdout.write(`  ${name} (${rows} rows): by rank ${ranked}, by id ${sorted}; without the index, by id ${without}\n`)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'offstage-bench-'))
for (const server of [undefined, ...servers]) {
  const scratch = server === undefined ? undefined : await makeScratch(server)
  const store = await openStore(registry, databaseOf(scratch?.url ?? `file:${join(folder, 'search.db')}`, [], '/'))
  try {
    await follow(store, registry)
    await measure(store)
  } finally {
    await store.close()
    await scratch?.drop()
  }
}
rmSync(folder, { recursive: true })
