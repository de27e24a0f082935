// `offstage export`: the rows of a model as a file. Hidden fields stay where they are.

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { OffstageError } from '../base/errors.ts'
import { isPlain } from '../base/realms.ts'
import { strictJson } from '../base/strict-json.ts'
import { system } from '../query/principal.ts'
import type { Data } from '../data/data.ts'
import { rows, shortPath } from '../app/seed.ts'
import { csvLine } from './csv.ts'
import { ownModel } from './import.ts'
import { formatOf } from './records.ts'
import { progress, rowsOf, streams, warn } from './terminal.ts'

export interface ExportOptions {
  readonly format?: string
  /** Default: standard output. */
  readonly out?: string
  /** A filter as JSON. */
  readonly where?: string
}

export async function exportRows(data: Data, modelName: string, options: ExportOptions): Promise<void> {
  const model = ownModel(data, modelName)
  const format = formatOf(options.out ?? 'rows.json', options.format)
  const where = options.where === undefined ? undefined : parseWhere(options.where)
  const table = data.as(system, { author: 'caller' })[model.name]
  const names = model.columns.filter((field) => !field.hidden).map((field) => field.name)
  const bar = progress(`exporting ${model.name}`, await table.count(where ?? {}))
  let done = 0

  async function* text(): AsyncGenerator<string> {
    if (format === 'csv') yield csvLine(names)
    if (format === 'json') yield '[\n'
    for await (const row of rows(table, { sort: 'id', select: names, ...(where === undefined ? {} : { where }) })) {
      const plain: Record<string, unknown> = JSON.parse(JSON.stringify(row))
      yield format === 'csv'
        ? csvLine(names.map((name) => plain[name]))
        : format === 'ndjson'
          ? `${JSON.stringify(plain)}\n`
          : `${done === 0 ? '' : ',\n'}${JSON.stringify(plain)}`
      bar.to(++done)
    }
    if (format === 'json') yield '\n]\n'
  }
  await pipeline(Readable.from(text()), options.out === undefined ? streams().stdout : createWriteStream(options.out, { mode: 0o600 }), {
    end: options.out !== undefined,
  })
  bar.end()
  warn(`${rowsOf(done)} of ${model.name} written${options.out === undefined ? '' : ` to ${shortPath(options.out)}`}.`)
}

function parseWhere(text: string): object {
  const wrong = (what: string): OffstageError =>
    new OffstageError('invalid_call', { detail: `--where must be a filter as JSON. ${what}`.trim(), hint: `--where '{"status":"paid"}'` })
  let value: unknown
  try {
    value = strictJson(text, 'what was given')
  } catch (error) {
    throw wrong((error as OffstageError).detail!)
  }
  if (!isPlain(value)) throw wrong('')
  return value
}
