// The shop in this process, on a database file of its own, with as many orders as asked for.
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { shop } from '../examples/shop/app.ts'
import { seedShop } from '../examples/shop/seed/index.ts'
import { readConfig } from '../packages/offstage/src/app/config.ts'
import { declaredEnv } from '../packages/offstage/src/app/env.ts'
import { openApp, type RunningApp } from '../packages/offstage/src/app/open.ts'
import { isEmpty, repeatable } from '../packages/offstage/src/app/seed.ts'
import { system } from '../packages/offstage/src/query/principal.ts'

export interface ShopOptions {
  readonly mode: 'development' | 'production'
  /** Of the seed, when the file is new. */
  readonly orders?: number
  readonly environment?: Readonly<Record<string, string>>
}

export const shopEnvironment: Readonly<Record<string, string>> = {
  SECRET: randomBytes(32).toString('base64url'),
  PAYMENT_SECRET: randomBytes(32).toString('base64url'),
  PRETEND_PAYMENTS: 'true',
  LOG_LEVEL: 'error',
}

export async function openShop(file: string, { mode, orders = 0, environment = {} }: ShopOptions): Promise<RunningApp> {
  const config = readConfig({
    mode,
    root: fileURLToPath(new URL('../examples/shop', import.meta.url)),
    files: false,
    declared: declaredEnv(shop as any),
    environment: { ...shopEnvironment, DATABASE_URL: file === ':memory:' ? 'file::memory:' : `file:${file}`, ...environment },
  })
  const running = await openApp(shop as any, { config, tables: 'develop' })
  if (orders > 0 && (await isEmpty(running.data))) await seedShop(running.data.as(system) as any, repeatable(1), undefined, orders)
  return running
}
