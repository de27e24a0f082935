// `offstage shell`: a REPL with the app's data at hand.

import { start } from 'node:repl'
import { inspect } from 'node:util'
import { OffstageError } from '../base/errors.ts'
import { system } from '../query/principal.ts'
import type { RunningApp } from '../app/open.ts'
import { pretty } from './pretty.ts'
import { out, paint } from './terminal.ts'

export async function shell(running: RunningApp): Promise<void> {
  const sys = running.data.as(system)
  const models = [...running.registry.models.values()].filter((model) => !model.system).map((model) => model.name)
  out(paint('dim', `${running.data.store.place}; models: ${models.join(', ')}`))
  out(
    paint(
      'dim',
      `sys: without rules; db: as a stranger; as(id): as that user. Example: await sys.${models[0] ?? 'users'}.list({ limit: 3 })`,
    ),
  )
  const repl = start({
    prompt: 'offstage> ',
    ignoreUndefined: true,
    // A refusal is an answer here: its sentences, without the way through Offstage's own files.
    writer: (value: unknown) =>
      value instanceof OffstageError ? pretty(value, process.cwd()) : inspect(value, { colors: process.stdout.isTTY }),
  })
  Object.assign(repl.context, {
    sys,
    db: running.data.as({ kind: 'anonymous' }),
    as: (user: unknown) => sys['as'](user),
    registry: running.registry,
  })
  await new Promise<void>((resolve) => repl.once('exit', resolve))
}
