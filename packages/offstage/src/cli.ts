import { keepCompiled } from './commands/compile-cache.ts'

keepCompiled()
// Not before: all that a module imports is compiled before its first line runs.
const { run } = await import('./commands/program.ts')
await run(process.argv)
