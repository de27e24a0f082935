// `offstage move --to <url>`: the whole app, from the database it has to another.

import { ownDatabase } from '../app/owner.ts'
import { databaseOf, placeOf, urlProblem } from '../app/database-url.ts'
import { openStore } from '../app/database.ts'
import { readMigrations } from '../app/migrations.ts'
import { registryOf } from '../app/problems.ts'
import { OffstageError } from '../base/errors.ts'
import { move, type MoveNews } from '../migrate/move.ts'
import { blueprintOf } from '../store/blueprint.ts'
import { loadApp } from './load.ts'
import { configForCommand } from './open.ts'
import { count, out, paint, progress, rowsOf, table, type Progress } from './terminal.ts'

export interface MoveCommandOptions {
  readonly to: string
}

export async function moveApp(path: string, options: MoveCommandOptions): Promise<void> {
  const loaded = await loadApp(path)
  const config = configForCommand(loaded)
  const problem = urlProblem(options.to)
  if (problem !== undefined) throw new OffstageError('invalid_call', { detail: `--to ${problem}.` })
  const target = databaseOf(options.to, [], config.root)
  if (placeOf(target) === placeOf(config.database)) {
    throw new OffstageError('invalid_call', {
      detail: `The app is on ${placeOf(target)} already.`,
      hint: 'Give the database it moves to: offstage move --to postgres://user:password@host/name',
    })
  }
  const registry = registryOf(loaded.app)
  // Nobody may write to a file that is being read as a whole; of a server only its operator can say who else uses it.
  const owner = config.database.kind === 'sqlite' ? ownDatabase(config.database.file) : undefined
  try {
    await using from = closing(await openStore(registry, config.database))
    await using to = closing(await openStore(registry, target))
    const adopted = [...registry.models.values()].filter((model) => model.adopted).map(({ table: name }) => name)
    const migrations = readMigrations(loaded.root)
    const chains = { from: migrations.runnables(from.store.dialect), to: migrations.runnables(to.store.dialect) }
    out(`\nFrom ${from.store.place} to ${to.store.place}`)
    if (!owner) out(paint('yellow', 'Stop the app first: what is written to the source from now on may not arrive.'))
    if (adopted.length > 0) out(paint('yellow', `Not moved, because others made them: ${adopted.join(', ')}. Move them by your own means.`))
    const shown = shownProgress()
    const started = performance.now()
    const moved = await move(from.store, to.store, blueprintOf(registry), { chains, told: shown.told })
    shown.end()
    const seconds = (performance.now() - started) / 1000
    const rows = moved.reduce((sum, one) => sum + one.rows, 0)
    out(
      `\n${table([['table', 'rows', 'SHA-256 on both sides'], ...moved.map((one) => [one.name, count(one.rows), one.checksum.slice(0, 16)])])}`,
    )
    out(`\nMoved and verified: ${rowsOf(rows)} in ${seconds.toFixed(1)} s. The source is as it was.`)
    out(`Now start the app with DATABASE_URL set to the address you gave.\n`)
  } finally {
    owner?.release()
  }
}

function closing<S extends { close(): Promise<void> }>(store: S): AsyncDisposable & { readonly store: S } {
  return { store, [Symbol.asyncDispose]: () => store.close() }
}

/** One line for each table and phase. */
function shownProgress(): { told: (news: MoveNews) => void; end: () => void } {
  let line: Progress | undefined
  let label = ''
  const end = (): void => {
    line?.end()
    line = undefined
  }
  return {
    end,
    told(news) {
      if (news.is === 'finishing') {
        end()
        out('building indexes and references')
        return
      }
      const next = `${news.is === 'copying' ? 'copying  ' : 'verifying'} ${news.table}`
      if (next !== label || !line) {
        end()
        label = next
        line = progress(next, news.of)
      }
      line.to(news.rows)
    },
  }
}
