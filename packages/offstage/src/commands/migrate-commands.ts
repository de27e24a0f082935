// The commands under `offstage migrate`, and what they say of themselves.

import type { Command } from 'commander'
import type { CheckOptions } from './migrate-check.ts'
import type { MakeOptions } from './migrate-make.ts'
import type { RepairOptions } from './migrate-repair.ts'
import type { DownOptions, UpOptions } from './migrate-run.ts'
import type { SqlOptions } from './migrate-sql.ts'

type WithApp<Options> = Options & { readonly app: string }

export function migrateCommands(offstage: Command): void {
  const migrate = offstage.command('migrate').description('change the tables of a database from version to version')
  const command = (name: string, says: string): Command =>
    migrate.command(name).description(says).option('-a, --app <path>', 'the module that exports the app, or its folder', '.')
  const failing = async (sound: Promise<boolean>): Promise<void> => {
    if (!(await sound)) process.exitCode = 1
  }

  command('make', 'write down what the models have that no migration has; needs no database')
    .argument('[name]', 'such as add-total; default: by what it does')
    .option('--rename <old=new...>', 'posts=articles, posts.title=headline or posts.status.draft=unpublished')
    .option('--drop <name...>', 'what is really gone: posts, posts.title or posts.status.draft')
    .option('--fill <field=value...>', 'what rows get that are there: orders.total=0.00')
    .option('--data <field...>', 'what code works out for the rows that are there: orders.total')
    .option('--allow-destructive <reason>', 'why values may be lost; kept in the migration')
    .option('--keep', 'put aside under another name what would be dropped')
    .option('--empty', 'without a change of the models, for SQL or code of your own')
    .option('--dialects <names>', 'databases to write SQL for: sqlite,postgres,mysql,mariadb; default: as the last migration, at first all')
    .action(async (name: string | undefined, options: WithApp<MakeOptions>) =>
      (await import('./migrate-make.ts')).migrateMake(options.app, name, options),
    )
  command('up', 'run the migrations that the database has not')
    .option('--to <id>', 'no further than this one')
    .option('--dry-run', 'print the SQL, run nothing')
    .action(async (options: WithApp<UpOptions>) => (await import('./migrate-run.ts')).migrateUp(options.app, options))
  command('down', 'go back by one migration, where nothing is lost')
    .option('--to <id>', 'go back until this one is the last')
    .option('--allow-destructive', 'also where new tables and columns hold values by now')
    .action(async (options: WithApp<DownOptions>) => (await import('./migrate-run.ts')).migrateDown(options.app, options))
  command('status', 'show which migrations the database has, and whether its tables are theirs').action(async (options: WithApp<object>) =>
    failing((await import('./migrate-run.ts')).migrateStatus(options.app)),
  )
  command('check', 'find everything that is wrong with the migrations; for CI')
    .option('--replay [url]', 'also run them on a fresh SQLite, or on the server at this address')
    .action(async (options: WithApp<CheckOptions>) => failing((await import('./migrate-check.ts')).migrateCheck(options.app, options)))
  command('sql', 'print the SQL of one migration, or of all')
    .argument('[id]')
    .option('--dialect <name>', 'sqlite, postgres, mysql or mariadb; default: that of DATABASE_URL')
    .option('--down', 'of the way back')
    .option('--add <name>', 'write the SQL for one more database into all migrations')
    .action(async (id: string | undefined, options: WithApp<SqlOptions>) =>
      (await import('./migrate-sql.ts')).migrateSql(options.app, id, options),
    )
  command('baseline', 'record a database that has the tables already, without running anything')
    .option('--at <id>', 'the migration whose tables they are; default: the last')
    .action(async (options: WithApp<{ at?: string }>) => (await import('./migrate-run.ts')).migrateBaseline(options.app, options))
  command('squash', 'put one migration in the place of all').action(async (options: WithApp<object>) =>
    (await import('./migrate-repair.ts')).migrateSquash(options.app, new Date()),
  )
  command('repair', 'accept edited SQL files, and show the SQL that puts tables right that were changed by hand')
    .option('--apply', 'run that SQL')
    .option('--allow-destructive', 'also where columns that nobody declared hold values')
    .option('--files-only', 'only the files; the database is not opened')
    .action(async (options: WithApp<RepairOptions>) => (await import('./migrate-repair.ts')).migrateRepair(options.app, options))
}
