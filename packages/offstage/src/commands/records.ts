// Files of rows, read as a stream: CSV with a heading, a JSON array of objects, or one JSON object a line.

import { createReadStream, statSync } from 'node:fs'
import { extname } from 'node:path'
import { shortPath } from '../app/seed.ts'
import { OffstageError } from '../base/errors.ts'
import { strictJson } from '../base/strict-json.ts'
import { NotText, TextReader } from '../base/text.ts'
import { CsvError, readCsv } from './csv.ts'

export type Format = 'csv' | 'json' | 'ndjson'

export interface FileRecord {
  /** Where in the file it begins, for the report. */
  readonly line: number
  /** Of a JSON array: which element, from 1. A file from a machine is often one line. */
  readonly element?: number
  /** Cells of CSV are text; the field's kind reads them. */
  readonly values: ReadonlyMap<string, unknown>
  readonly problem?: string
}

export function formatOf(file: string, given: string | undefined): Format {
  const name = given ?? extname(file).slice(1).toLowerCase()
  if (name === 'jsonl') return 'ndjson'
  if (name === 'csv' || name === 'json' || name === 'ndjson') return name
  throw new OffstageError('invalid_call', {
    detail: `The format of ${file} is not known.`,
    hint: 'End the file name in .csv, .json or .ndjson, or give --format.',
  })
}

export interface ReadOptions {
  /** A label of the Encoding Standard. Default `utf-8`. */
  readonly encoding?: string | undefined
  /** Told how much of the file has been read, for a progress bar. */
  readonly onBytes?: (bytes: number) => void
}

export function readRecords(file: string, format: Format, options: ReadOptions): AsyncGenerator<FileRecord> {
  const chunks = textOf(file, options)
  return format === 'csv' ? fromCsv(chunks) : fromJson(format === 'json' ? elements(chunks) : lines(chunks))
}

/** Throws `malformed` where the bytes are no text of the encoding, with what to do about it. */
export async function* textOf(file: string, { encoding, onBytes }: ReadOptions): AsyncGenerator<string> {
  const reader = new TextReader(shortPath(file), encoding)
  let bytes = 0
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      yield reader.read(chunk)
      onBytes?.((bytes += chunk.length))
    }
    yield reader.end()
  } catch (error) {
    if (!(error instanceof NotText)) throw error
    const likely = error.wide ? 'utf-16le' : 'windows-1252'
    throw error.with({ hint: `--encoding ${likely}, if that is what it was saved as; or: iconv -f ${likely} -t utf-8 ${shortPath(file)}` })
  }
}

export function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile()) return found.size
  throw new OffstageError('invalid_call', { detail: `There is no file ${file}.` })
}

async function* fromCsv(chunks: AsyncIterable<string>): AsyncGenerator<FileRecord> {
  let heading: string[] | undefined
  try {
    for await (const { line, cells } of readCsv(chunks)) {
      if (heading === undefined) {
        heading = cells.map((cell) => cell.trim())
        const twice = heading.find((name, at) => heading!.indexOf(name) !== at)
        if (twice !== undefined) throw new OffstageError('invalid_values', { detail: `The heading names ${twice} twice.` })
        continue
      }
      const problem = cells.length === heading.length ? undefined : `has ${cells.length} cells where the heading has ${heading.length}`
      const values = new Map(heading.map((name, at) => [name, cells[at] ?? '']))
      yield problem === undefined ? { line, values } : { line, values, problem }
    }
  } catch (error) {
    // What follows a broken quote cannot be told apart any more, so this is the last record.
    if (!(error instanceof CsvError)) throw error
    yield { line: error.line, values: new Map(), problem: error.message.replace(/^line \d+ /, '') }
  }
}

async function* fromJson(texts: AsyncIterable<{ line: number; element?: number; text: string }>): AsyncGenerator<FileRecord> {
  for await (const { text, ...at } of texts) {
    let value: unknown
    try {
      value = strictJson(text, 'it')
    } catch (error) {
      if (!(error instanceof OffstageError)) throw error
      yield { ...at, values: new Map(), problem: error.detail!.replace(/^It /, '').replace(/\.$/, '') }
      continue
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) yield { ...at, values: new Map(), problem: 'is not an object' }
    else yield { ...at, values: new Map(Object.entries(value)) }
  }
}

/** Characters of one row of JSON: many times what all fields of a model hold. */
const longestRecord = 8_000_000

function refuseLong(line: number): never {
  throw new OffstageError('invalid_values', {
    detail: `Line ${line} begins a row of more than ${longestRecord / 1_000_000} million characters.`,
    hint: 'A file of one JSON array ends in .json, or is given with --format json; one with an object a line in .ndjson.',
  })
}

async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<{ line: number; text: string }> {
  let rest = ''
  let line = 0
  for await (const chunk of chunks) {
    if (rest.length + chunk.length > longestRecord) refuseLong(line + 1)
    // Looked at once: to split all that is there for each chunk takes hours where a file is one line.
    if (!chunk.includes('\n')) {
      rest += chunk
      continue
    }
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const text of parts) {
      line++
      if (text.trim() !== '') yield { line, text: text.replace(/^\uFEFF/, '') }
    }
  }
  if (rest.trim() !== '') yield { line: line + 1, text: rest.replace(/^\uFEFF/, '') }
}

/** The elements of a top-level array, found by counting brackets, so that a file of any size is read in pieces. */
async function* elements(chunks: AsyncIterable<string>): AsyncGenerator<{ line: number; element: number; text: string }> {
  const wrong = (line: number, what: string): OffstageError =>
    new OffstageError('invalid_values', { detail: `Line ${line} ${what}; the file must be one JSON array of objects.` })
  let text = ''
  let depth = 0
  let line = 1
  let began = 1
  let element = 0
  let ended = false
  let quoted = false
  let escaped = false
  for await (const chunk of chunks) {
    for (const char of chunk) {
      if (char === '\n') line++
      if (depth === 0) {
        if (char === '[' && !ended) depth = 1
        else if (!/[\s\uFEFF]/.test(char)) throw wrong(line, `has ${JSON.stringify(char)} outside of an array`)
        continue
      }
      if (quoted) {
        text += char
        if (escaped) escaped = false
        else if (char === '\\') escaped = true
        else if (char === '"') quoted = false
        continue
      }
      if (depth === 1 && (char === ',' || char === ']')) {
        if (text !== '') yield { line: began, element: ++element, text }
        else if (char === ',' || element > 0) throw wrong(line, 'has a comma without an element beside it')
        text = ''
        if (char === ']') [depth, ended] = [0, true]
        continue
      }
      if (char === '"') quoted = true
      else if (char === '{' || char === '[') depth++
      else if (char === '}' || char === ']') depth--
      if (text === '') {
        if (/\s/.test(char)) continue
        began = line
      }
      text += char
    }
    if (text.length > longestRecord) refuseLong(began)
  }
  if (!ended) throw wrong(line, 'ends before the array does')
}
