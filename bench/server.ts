// The measured app in a process of its own: `server.ts <database file or url>`.
import { openBench } from './database.ts'
import { announce } from './work.ts'

const address = process.argv[2]!
const running = await openBench(address.includes('://') ? address : `file:${address}`, 'production')
const { port } = await running.listen({ port: 0, host: '127.0.0.1' })
announce(port)
