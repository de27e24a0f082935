// `offstage shell`: a REPL with the app's data at hand.

import { start, type REPLServer } from 'node:repl'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { inspect, types } from 'node:util'
import { OffstageError } from '../base/errors.ts'
import { anonymous, system } from '../query/principal.ts'
import type { Db } from '../data/data.ts'
import type { RunningApp } from '../app/open.ts'
import { isOfOtherTables, pretty } from './pretty.ts'
import { harmless, out, paint, warn } from './terminal.ts'

export async function shell(running: RunningApp): Promise<void> {
  // What is typed is no code of the app, and is told as what a command was given.
  const sys = running.data.as(system, { author: 'caller' })
  const models = [...running.registry.models.values()].filter((model) => !model.system).map((model) => model.name)
  const person = process.stdin.isTTY === true
  // What a script prints is what its lines are worth.
  const say = person ? out : warn
  say(paint('dim', `${running.data.store.place}; models: ${models.join(', ')}`))
  say(
    paint(
      'dim',
      `sys: without rules; db: as a stranger; as(id): as that user. Promises are awaited. Example: sys.${models[0] ?? 'users'}.list({ limit: 3 })`,
    ),
  )
  const lines = new PassThrough()
  const repl = start({
    prompt: person ? 'offstage> ' : '',
    ...(!person && { input: lines, output: process.stdout }),
    ignoreUndefined: true,
    // A refusal is an answer here: its sentences, without the way through Offstage's own files.
    writer: (value: unknown) =>
      value instanceof OffstageError || isOfOtherTables(value)
        ? harmless(pretty(value, process.cwd()))
        : inspect(value, { colors: process.stdout.isTTY, depth: 6 }),
  })
  const ended = new Promise<void>((resolve) => repl.once('exit', resolve))
  Object.assign(repl.context, {
    sys: plain(sys),
    db: plain(running.data.as(anonymous, { author: 'caller' })),
    as: (user: unknown) => plain(sys['as'](user)),
    registry: running.registry,
  })
  awaitPromises(repl)
  if (!person) await feed(repl, lines)
  await ended
}

/** With values in place of getters, which Node's completion does not look behind. */
function plain(db: Db): object {
  const values = Object.create(null) as Record<string, unknown>
  // Its names stand on its prototype.
  for (const name in db) values[name] = name === 'as' ? (user: unknown) => plain(db['as'](user)) : db[name]
  return values
}

/** Who forgets `await` is shown the rows all the same. */
function awaitPromises(repl: REPLServer): void {
  const evaluate = repl.eval
  const wrapped: typeof evaluate = (code, context, file, done) =>
    evaluate.call(repl, code, context, file, (error, value) => {
      if (error !== null || !types.isPromise(value)) done(error, value)
      else
        value.then(
          (result) => done(null, result),
          (reason: Error) => done(reason, undefined),
        )
    })
  Object.assign(repl, { eval: wrapped })
}

/** From a file or a pipe one line after the other: a REPL would begin all of them at once, and the second would not know what the first made. */
async function feed(repl: REPLServer, lines: PassThrough): Promise<void> {
  let ready = (): void => {}
  let open = true
  const prompt = repl.displayPrompt.bind(repl)
  repl.displayPrompt = (preserveCursor) => {
    prompt(preserveCursor)
    ready()
  }
  repl.once('exit', () => {
    open = false
    ready()
  })
  for await (const line of createInterface({ input: process.stdin })) {
    const done = new Promise<void>((resolve) => (ready = resolve))
    lines.write(`${line}\n`)
    await done
    if (!open) return
  }
  repl.close()
}
