// A process that `offstage dev` keeps ready. It has loaded Offstage and waits to be told what to run: a change of a file then waits for
// nothing but the app itself. Of the app, its database and its `.env` files it knows nothing before.

import { keepCompiled } from './compile-cache.ts'
import type { Order, Ready } from './dev-processes.ts'

// A parent that was killed cannot say goodbye; nobody would be left to end this process.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// Ctrl+C reaches every process of a terminal. The parent answers it, and ends this one in order.
process.on('SIGINT', () => {})
const ordered = new Promise<Order>((resolve) => process.once('message', resolve))

keepCompiled()
const { loadAhead, serve } = await import('./dev-serve.ts')
await loadAhead(process.argv[2] as Ready['database'] | undefined)
await serve(await ordered)
