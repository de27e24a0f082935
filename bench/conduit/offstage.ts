// The example `conduit`: filled in this process, then started as `offstage start` starts it.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { app } from '../../examples/conduit/app.ts'
import { readConfig } from '../../packages/offstage/src/app/config.ts'
import { declaredEnv } from '../../packages/offstage/src/app/env.ts'
import { openApp } from '../../packages/offstage/src/app/open.ts'
import { system } from '../../packages/offstage/src/query/principal.ts'
import { freePort } from '../../tools/servers.ts'
import { password, readers, type ConduitData } from './data.ts'
import type { Running } from './sides.ts'

const folder = new URL('../../examples/conduit/', import.meta.url)
const cli = fileURLToPath(new URL('../../packages/offstage/src/cli.ts', import.meta.url))

export async function startOffstage(url: string, data: ConduitData): Promise<Running> {
  const secret = (): string => randomBytes(32).toString('base64url')
  const environment = { DATABASE_URL: url, LOG_LEVEL: 'error', SECRET: secret(), JWT_SECRET: secret() }
  await fill(environment, data)
  const port = await freePort()
  const args = [
    '--conditions=@offstage/source',
    '--disable-warning=ExperimentalWarning',
    cli,
    'start',
    fileURLToPath(new URL('app.ts', folder)),
  ]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment, PORT: String(port) },
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const begin = performance.now()
  while (!(await fetch(`http://127.0.0.1:${port}/api/tags`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || performance.now() - begin > 20_000) {
      child.kill()
      throw new Error(`examples/conduit gave no answer (exit ${child.exitCode}).`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    port,
    async stop() {
      child.kill()
      await ended
    },
  }
}

async function fill(environment: Readonly<Record<string, string>>, data: ConduitData): Promise<void> {
  const root = fileURLToPath(folder)
  const config = readConfig({ mode: 'development', root, files: false, declared: declaredEnv(app as any), environment })
  // Rows are made at the moments that the data say.
  let at = new Date(Number(data.articles[0]!.createdAt) - 60_000)
  const running = await openApp(app as any, { config, tables: 'develop', now: () => at })
  try {
    const sys = running.data.as(system) as any
    const inBatches = async <T>(rows: readonly T[], run: (tx: any, row: T) => Promise<void>): Promise<void> => {
      for (let from = 0; from < rows.length; from += 500) {
        const write = async (tx: any): Promise<void> => {
          for (const row of rows.slice(from, from + 500)) await run(tx, row)
        }
        await sys.transaction(write, { timeout: 60_000 })
      }
    }
    const users: string[] = []
    const articles: string[] = []
    await inBatches(data.users, async (tx, user) => void users.push((await tx.users.create(user)).id))
    await running.auth!.setPassword(users.slice(0, readers), password)
    await inBatches(data.articles, async (tx, { tags, author, createdAt, ...article }) => {
      at = createdAt
      const values = { ...article, author: users[author], tags: { create: tags.map((name) => ({ name })) } }
      articles.push((await tx.articles.create(values)).id)
    })
    at = new Date(Number(at) + 60_000)
    await inBatches(data.favorites, (tx, [user, article]) => tx.favorites.create({ user: users[user], article: articles[article] }))
    await inBatches(data.follows, (tx, [follower, followed]) => tx.follows.create({ follower: users[follower], followed: users[followed] }))
  } finally {
    await running.close()
  }
}
