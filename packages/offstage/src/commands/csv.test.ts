import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { csvLine, readCsv } from './csv.ts'
import { readRecords, type Format } from './records.ts'

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

async function cellsOf(text: string, size = 3): Promise<string[][]> {
  const chunks = (async function* (): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  })()
  return (await all(readCsv(chunks))).map((record) => record.cells)
}

test('CSV is read whatever its quotes, line ends and pieces', async () => {
  const text = '\uFEFFa,b,c\r\n1,"x, ""y""",\n\n"multi\r\nline",2,"é"\r\nlast,,'
  for (const size of [1, 2, 3, 5, 1000]) {
    assert.deepEqual(await cellsOf(text, size), [
      ['a', 'b', 'c'],
      ['1', 'x, "y"', ''],
      ['multi\r\nline', '2', 'é'],
      ['last', '', ''],
    ])
  }
})

test('CSV that cannot be read names its line', async () => {
  await assert.rejects(cellsOf('a\n1\n"open'), /line 3 opens a quote/)
  await assert.rejects(cellsOf('a\n"x"y\n'), /line 2 has text after a closing quote/)
})

test('F9 cells that a spreadsheet would run are neutralised, numbers are left alone', () => {
  assert.equal(csvLine(['=1+1', '+x', '-x', '@x', '\tx', '\rx']), `"'=1+1","'+x","'-x","'@x","'\tx","'\rx"\r\n`)
  assert.equal(
    csvLine([-5, '-5.25', '+1e3', null, 'a,b', 'say "x"', { a: 1 }, true]),
    '-5,-5.25,+1e3,,"a,b","say ""x""","{""a"":1}",true\r\n',
  )
})

test('what is written as CSV reads back the same', async () => {
  const rows = [
    ['plain', 'with "quotes"', 'a,b'],
    ['', 'two\nlines', ' space '],
  ]
  assert.deepEqual(await cellsOf(rows.map((row) => csvLine(row)).join('')), rows)
})

async function recordsOf(format: Format, text: string): Promise<{ line: number; values: Record<string, unknown>; problem?: string }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'offstage-records-'))
  try {
    const file = join(folder, 'rows')
    writeFileSync(file, text)
    const records = await all(readRecords(file, format, {}))
    return records.map(({ line, values, problem }) => ({
      line,
      values: Object.fromEntries(values),
      ...(problem === undefined ? {} : { problem }),
    }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('JSON arrays and lines of JSON are read row by row, each with its line', async () => {
  assert.deepEqual(await recordsOf('json', '[\n  {"a": "x,]}\\"", "b": [1, {"c": 2}]},\n  {"a": null}\n]\n'), [
    { line: 2, values: { a: 'x,]}"', b: [1, { c: 2 }] } },
    { line: 3, values: { a: null } },
  ])
  assert.deepEqual(await recordsOf('ndjson', '{"a":1}\n\nnope\n[1]\n{"a":2}'), [
    { line: 1, values: { a: 1 } },
    { line: 3, values: {}, problem: 'is not valid JSON' },
    { line: 4, values: {}, problem: 'is not an object' },
    { line: 5, values: { a: 2 } },
  ])
  await assert.rejects(recordsOf('json', '{"a":1}'), /outside of an array/)
  await assert.rejects(recordsOf('json', '[{"a":1}'), /ends before the array does/)
})

test('CSV records take their names from the heading; a line with too few cells is reported', async () => {
  assert.deepEqual(await recordsOf('csv', 'name,age\nAda,36\nBob\n'), [
    { line: 2, values: { name: 'Ada', age: '36' } },
    { line: 3, values: { name: 'Bob', age: '' }, problem: 'has 1 cells where the heading has 2' },
  ])
  await assert.rejects(recordsOf('csv', 'a,a\n1,2\n'), /names a twice/)
})
