// CSV as RFC 4180 has it, streaming both ways.

/** Reads records from chunks of text. Quotes may hold commas, quotes and line ends; a byte order mark is dropped. */
export async function* readCsv(chunks: AsyncIterable<string>): AsyncGenerator<{ line: number; cells: string[] }> {
  let cells: string[] = []
  let cell = ''
  let state: 'start' | 'plain' | 'quoted' | 'closing' = 'start'
  let line = 1
  let first = 1
  let head = true
  let returned = false
  const take = (): { line: number; cells: string[] } | undefined => {
    const record = { line: first, cells: [...cells, cell] }
    const blank = cells.length === 0 && cell === '' && state === 'start'
    cells = []
    cell = ''
    state = 'start'
    first = line
    return blank ? undefined : record
  }
  for await (const chunk of chunks) {
    for (const char of head ? chunk.replace(/^\uFEFF/, '') : chunk) {
      head = false
      const after = returned
      returned = char === '\r'
      if (char === '\n') line++
      if (state === 'quoted') {
        if (char === '"') state = 'closing'
        else cell += char
      } else if (char === '"' && state === 'closing') {
        cell += '"'
        state = 'quoted'
      } else if (char === '"' && state === 'start') state = 'quoted'
      else if (char === ',') {
        cells.push(cell)
        cell = ''
        state = 'start'
        if (cells.length > 1000) throw new CsvError(line, 'has more than 1,000 cells')
      } else if (char === '\n' && after) first = line
      else if (char === '\n' || char === '\r') {
        const record = take()
        if (record) yield record
      } else if (state === 'closing') throw new CsvError(line, 'has text after a closing quote; write a quote inside a cell twice')
      else {
        cell += char
        state = 'plain'
      }
      if (cell.length > 1_000_000) throw new CsvError(first, 'has a cell of more than a million characters; a quote may be missing its end')
    }
  }
  if (state === 'quoted') throw new CsvError(first, 'opens a quote that is never closed')
  const record = take()
  if (record) yield record
}

export class CsvError extends Error {
  readonly line: number
  constructor(line: number, what: string) {
    super(`line ${line} ${what}`)
    this.line = line
  }
}

/**
 * One record. A cell that a spreadsheet would run as a formula (`= + - @`, tab, carriage return) gets a quote mark before it;
 * numbers are left as they are, negative ones too.
 */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const risky = /^[=+\-@\t\r\n]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
  const safe = risky ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(safe) || risky ? `"${safe.replaceAll('"', '""')}"` : safe
}
