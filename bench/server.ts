// The measured app in a process of its own: `server.ts <database file>`.
import { openBench } from './database.ts'
import { announce } from './work.ts'

const running = await openBench(process.argv[2]!, 'production')
const { port } = await running.listen({ port: 0, host: '127.0.0.1' })
announce(port)
