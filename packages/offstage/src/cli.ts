import { keepCompiled } from './commands/compile-cache.ts'

keepCompiled()
// Not before: all that a module imports is compiled before its first line runs.
const { run } = await import('./commands/program.ts')
// What serves sees to it itself; a command that Node ends without a word may have done half of its work.
if (!['dev', 'start', 'shell'].includes(process.argv[2] ?? ''))
  for (const fault of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(fault, (error: unknown) => {
      process.exitCode = 1
      void import('./commands/faults.ts').then(({ tellFault }) => {
        tellFault(fault, error, process.cwd())
        if (fault === 'uncaughtException') process.exit()
      })
    })
await run(process.argv)
