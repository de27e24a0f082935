// A reporter for `npm test`: one line a file, failures in full, then what was skipped and why, and node:test's own counts.

import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

interface FileResult {
  passed: number
  failed: number
  skipped: string[]
}

// node:test takes a reporter from the default export.
// oxlint-disable-next-line import/no-default-export
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, FileResult>()
  const summary: string[] = []
  for await (const event of source) {
    if (
      event.type === 'test:diagnostic' &&
      event.data.nesting === 0 &&
      /^(tests|pass|fail|cancelled|skipped|todo|duration_ms) /.test(event.data.message)
    ) {
      summary.push(event.data.message)
    }
    if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { name, file = '', skip, details } = event.data
    if (details.type === 'suite' || name === file || file.endsWith(name)) {
      if (event.type === 'test:fail' && details.type !== 'suite') yield failure(name, file, event.data.details.error)
      continue
    }
    const result = files.get(file) ?? { passed: 0, failed: 0, skipped: [] }
    files.set(file, result)
    if (skip !== undefined) result.skipped.push(`${name}: ${skip === true || skip === '' ? 'no reason given' : skip}`)
    else if (event.type === 'test:pass') result.passed++
    else {
      result.failed++
      yield failure(name, file, event.data.details.error)
    }
  }
  for (const [file, { passed, failed, skipped }] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = [`${passed} passed`, failed > 0 ? `${failed} FAILED` : '', skipped.length > 0 ? `${skipped.length} skipped` : '']
    yield `${failed > 0 ? '✖' : '✔'} ${relative(process.cwd(), file)}: ${parts.filter(Boolean).join(', ')}\n`
  }
  const skipped = [...files].flatMap(([file, result]) => result.skipped.map((line) => `  ${relative(process.cwd(), file)}: ${line}\n`))
  if (skipped.length > 0) yield `\nSkipped, and why:\n${skipped.join('')}`
  yield `\n${summary.map((line) => `ℹ ${line}\n`).join('')}`
}

function failure(name: string, file: string, error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return `\n✖ ${relative(process.cwd(), file)}: ${name}\n${text.replace(/^/gm, '    ')}\n\n`
}
