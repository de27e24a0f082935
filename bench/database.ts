// The database that all measured servers get, or a copy of it: made by Offstage, so that the tables and indexes are the same.
import { randomBytes } from 'node:crypto'
import { readConfig } from '../packages/offstage/src/app/config.ts'
import { openApp, type RunningApp } from '../packages/offstage/src/app/open.ts'
import { system } from '../packages/offstage/src/query/principal.ts'
import { benchApp } from './app.ts'

export interface Made {
  readonly ids: readonly string[]
  readonly categories: readonly string[]
  /** Of a signed-in user. */
  readonly token: string
}

export function openBench(url: string, mode: 'development' | 'production'): Promise<RunningApp> {
  const environment = { DATABASE_URL: url, SECRET: randomBytes(32).toString('base64url'), LOG_LEVEL: 'error' }
  return openApp(benchApp as any, { config: readConfig({ mode, root: import.meta.dirname, environment, files: false }), tables: 'follow' })
}

export async function makeDatabase(url: string, count: number): Promise<Made> {
  const running = await openBench(url, 'development')
  try {
    const sys = running.data.as(system)
    const categories: string[] = []
    for (let n = 0; n < 40; n++) categories.push((await sys['categories'].create({ name: `Category ${n}` })).id)
    const ids: string[] = []
    for (let from = 0; from < count; from += 500) {
      await sys['transaction'](async (tx: any) => {
        for (let n = from; n < from + 500; n++) {
          const row = await tx.products.create({
            name: `Product ${n}`,
            description: `What is said of product ${n}: it is as long as such texts are in a shop, some two hundred characters, because that is what has to be read, copied, quoted and sent each time.`,
            price: `${n % 400}.${String(n % 100).padStart(2, '0')}`,
            stock: n % 90,
            active: n % 50 !== 0,
            releasedAt: new Date(Date.UTC(2026, 0, 1) - n * 3_600_000),
            category: categories[n % categories.length],
          })
          if (row.active) ids.push(row.id)
        }
      })
    }
    const answer = await running.fetch(
      new Request('http://localhost/api/auth/sign-up', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify({ name: 'Bench', email: 'bench@example.com', password: 'a long password for one run', as: 'token' }),
      }),
    )
    if (answer.status !== 201) throw new Error(`Signing up answered ${answer.status}: ${await answer.text()}`)
    const { token } = (await answer.json()) as { token: string }
    return { ids, categories, token }
  } finally {
    await running.close()
  }
}
