// `offstage import`: rows of a file into a model. Every line is checked and reported; nothing stays half done.

import { OffstageError } from '../base/errors.ts'
import { system } from '../query/principal.ts'
import { ValueError } from '../schema/kind.ts'
import type { Data, Db } from '../data/data.ts'
import type { FieldDef, ModelDef } from '../schema/registry.ts'
import { shortPath } from '../app/seed.ts'
import { formatOf, readRecords, sizeOf, textOf, type FileRecord, type Format } from './records.ts'
import { count, out, paint, progress, rowsOf, warn } from './terminal.ts'

export interface ImportOptions {
  readonly format?: string
  /** Of the file: a label of the Encoding Standard. Default `utf-8`. */
  readonly encoding?: string
  /** Everything is done and then undone: the report without the rows. */
  readonly dryRun?: boolean
  /** Rows per transaction. Default: the whole file in one. */
  readonly batch?: number
}

interface Failure {
  readonly line: number
  readonly element?: number | undefined
  readonly message: string
}

const mostShown = 50
/** A file is one transaction, so it may take as long as it takes. */
const patience = 24 * 3_600_000

/** Thrown to undo a transaction on purpose. */
class Undo extends Error {}

/** True if all rows went in (or, in a dry run, could have). */
export async function importFile(data: Data, modelName: string, file: string, options: ImportOptions): Promise<boolean> {
  const model = ownModel(data, modelName)
  const format = formatOf(file, options.format)
  // Read once only for its bytes: a file that is no text to its end must not leave its first batches behind.
  const size = sizeOf(file)
  const { encoding } = options
  for await (const _text of textOf(file, { encoding }));
  const bar = progress(`${options.dryRun ? 'checking' : 'importing'} ${model.name}`, size, ' bytes')
  const batch = options.dryRun ? Infinity : (options.batch ?? Infinity)
  const failures: Failure[] = []
  let read = 0
  let kept = 0
  let lastKept = 0

  const records = batched(readRecords(file, format, { encoding, onBytes: (bytes) => bar.to(bytes) }), batch)
  // Its rows were written by whoever made the file.
  const sys = data.as(system, { author: 'caller' })
  for await (const part of records) {
    let inPart = 0
    let line = lastKept
    try {
      await sys.transaction(
        async (tx: Db) => {
          for await (const record of part) {
            read++
            inPart++
            line = record.line
            const failure = await insert(tx, model, format, record)
            if (failure !== undefined) failures.push({ line: record.line, element: record.element, message: failure })
          }
          if (failures.length > 0 || options.dryRun) throw new Undo()
        },
        // What has been read from the file cannot be had again.
        { timeout: patience, retry: false },
      )
      kept += inPart
      lastKept = line
    } catch (error) {
      if (!(error instanceof Undo)) throw error
      break
    }
  }
  bar.end()
  return summarise({ model, file, dryRun: options.dryRun === true, batch, failures, read, kept, lastKept })
}

async function insert(tx: Db, model: ModelDef, format: Format, record: FileRecord): Promise<string | undefined> {
  if (record.problem !== undefined) return record.problem
  try {
    const values = valuesOf(model, format, record)
    // A savepoint of its own: a refused row must not end the checking of those after it.
    await tx['transaction']((inner: Db) => inner[model.name].create(values, { return: 'none' }))
    return undefined
  } catch (error) {
    if (!(error instanceof OffstageError) || error.status >= 500) throw error
    return error.errors === undefined ? (error.detail ?? error.title) : error.errors.map((e) => `${e.path} ${e.message}`).join('; ')
  }
}

function valuesOf(model: ModelDef, format: Format, record: FileRecord): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, value] of record.values) {
    const field = model.fields.get(name)
    if (field === undefined || field.hidden) throw new OffstageError('unknown_field', { detail: `${name} is not a field of ${model.name}` })
    const own = format === 'csv' ? fromCell(field, String(value)) : value
    if (own !== undefined) Object.defineProperty(values, name, { value: own, enumerable: true })
  }
  return values
}

/** An empty cell is a value left out. */
function fromCell(field: FieldDef, cell: string): unknown {
  if (cell === '') return undefined
  if (field.kind.name === 'many')
    throw new OffstageError('invalid_values', {
      errors: [{ path: field.name, code: 'kind', message: 'is a list; import its rows into their own model' }],
    })
  try {
    return field.kind.readText(cell, field.options)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    throw new OffstageError('invalid_values', { errors: [{ path: field.name, code: error.code, message: error.message }] })
  }
}

/** Hands the records on in parts of `size`; a part is read while it is written, so no file has to fit in memory. */
async function* batched(records: AsyncGenerator<FileRecord>, size: number): AsyncGenerator<AsyncIterable<FileRecord>> {
  let next = await records.next()
  async function* part(): AsyncGenerator<FileRecord> {
    for (let taken = 0; taken < size && !next.done; taken++) {
      yield next.value
      next = await records.next()
    }
  }
  while (!next.done) yield part()
}

export function ownModel(data: Data, name: string): ModelDef {
  const model = data.registry.models.get(name)
  if (model !== undefined && !model.system) return model
  const names = [...data.registry.models.values()].filter((m) => !m.system).map((m) => m.name)
  throw new OffstageError('invalid_call', { detail: `There is no model ${name}; there are: ${names.join(', ')}.` })
}

interface Outcome {
  readonly model: ModelDef
  readonly file: string
  readonly dryRun: boolean
  readonly batch: number
  readonly failures: readonly Failure[]
  readonly read: number
  readonly kept: number
  readonly lastKept: number
}

function summarise({ model, file, dryRun, batch, failures, read, kept, lastKept }: Outcome): boolean {
  for (const { line, element, message } of failures.slice(0, mostShown)) {
    const place = `${shortPath(file)}:${line}${element === undefined ? '' : ` element ${count(element)}`}`
    warn(`${paint('red', place, process.stderr)} ${message}`)
  }
  if (failures.length > mostShown) warn(`... and ${count(failures.length - mostShown)} more`)
  if (failures.length === 0) {
    out(dryRun ? `${rowsOf(read)} of ${model.name} would go in; nothing was written.` : `${rowsOf(kept)} of ${model.name} imported.`)
    return true
  }
  const rest =
    batch === Infinity
      ? 'nothing was written'
      : `${rowsOf(kept)} ${kept === 1 ? 'is' : 'are'} in, up to line ${lastKept}; nothing after it was written`
  out(`${count(failures.length)} of ${rowsOf(read)} ${failures.length === 1 ? 'was' : 'were'} refused; ${rest}.`)
  return false
}
