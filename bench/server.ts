// The measured app in a process of its own: `server.ts <database file>`.
import { openApp } from '../packages/offstage/src/app/open.ts'
import { benchApp } from './app.ts'
import { announce } from './work.ts'

const running = await openApp(benchApp, { mode: 'start', environment: { DATABASE_URL: `file:${process.argv[2]!}`, SECRET: 'for measuring only, nothing is kept here', LOG_LEVEL: 'error' } })
const { port } = await running.listen(0)
announce(port)
