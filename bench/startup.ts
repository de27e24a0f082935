// From the start of a process to its first answer, for the shop with all its data, as `offstage start` would run it.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openShop, shopEnvironment } from '../tools/shop.ts'

const offstage = fileURLToPath(new URL('../packages/offstage', import.meta.url))
const source = join(offstage, 'src/cli.ts')
const built = join(offstage, 'dist/cli.js')
const app = fileURLToPath(new URL('../examples/shop/app.ts', import.meta.url))

/** Whether what was built is of the source as it is now: another one may not even open the same tables. */
function isBuilt(): boolean {
  const build = join(offstage, 'tsconfig.tsbuildinfo')
  if (!existsSync(built) || !existsSync(build)) return false
  const { mtimeMs } = statSync(build)
  return readdirSync(join(offstage, 'src'), { recursive: true }).every(
    (name) => statSync(join(offstage, 'src', String(name))).mtimeMs <= mtimeMs,
  )
}

/** Milliseconds, one for each run: built as it is published (after `npm run build`), and from source as in this repository. */
export async function startTimes(folder: string, runs: number): Promise<Record<string, number[]>> {
  const file = join(folder, 'shop.db')
  await (await openShop(file, { mode: 'development', orders: 5000 })).close()
  const ways: Record<string, string[]> = {
    'from source': ['--conditions=@offstage/source', source],
    ...(isBuilt() && { built: [built] }),
  }
  const times: Record<string, number[]> = {}
  for (let run = 0; run < runs; run++) {
    for (const [way, args] of Object.entries(ways))
      (times[way] ??= []).push(await once(args, file, 40_000 + Math.floor(Math.random() * 20_000)))
  }
  return times
}

async function once(args: readonly string[], file: string, port: number): Promise<number> {
  const begin = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args, 'start', app], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...shopEnvironment, DATABASE_URL: `file:${file}`, PORT: String(port) },
  })
  try {
    while (performance.now() - begin < 20_000) {
      if (child.exitCode !== null) throw new Error(`The shop ended with ${child.exitCode} before it answered: ${args.join(' ')}`)
      const answer = await fetch(`http://127.0.0.1:${port}/api/products?limit=10`).catch(() => undefined)
      if (answer?.ok) {
        await answer.arrayBuffer()
        return performance.now() - begin
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error('The shop gave no answer within 20 seconds.')
  } finally {
    child.kill()
    await new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(0)))
  }
}
