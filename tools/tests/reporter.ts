// What a worker tells its parent of each file: counts, failures in full, and what was skipped and why.

import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

export interface FileResult {
  passed: number
  failed: number
  readonly skipped: string[]
  /** Failures, and what tests printed. */
  text: string
  seconds: number
}

const nothing = (): FileResult => ({ passed: 0, failed: 0, skipped: [], text: '', seconds: 0 })

// node:test takes a reporter from the default export.
// oxlint-disable-next-line import/no-default-export
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let result = nothing()
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message
    // Errors that no test was there to take.
    if (event.type === 'test:diagnostic' && event.data.level === 'error') result.text += `${event.data.message}\n`
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { name, file = '', skip, nesting, details } = event.data
    const failed = event.type === 'test:fail'
    if (nesting === 0) {
      // The file itself: it failed on its own account where its import did.
      if (failed && !isOfSubtests(details)) take(name, name)
      process.send?.({ ...result, seconds: details.duration_ms / 1000 } satisfies FileResult)
      result = nothing()
    } else if (details.type === 'suite') {
      if (failed && !isOfSubtests(details)) take(name, file)
    } else if (skip !== undefined) result.skipped.push(`${name}: ${skip === true || skip === '' ? 'no reason given' : skip}`)
    else if (failed) take(name, file)
    else result.passed++

    function take(what: string, where: string): void {
      result.failed++
      result.text += failure(what, where, (details as { error?: unknown }).error)
    }
  }
}

const isOfSubtests = (details: object): boolean => (details as { error?: { failureType?: string } }).error?.failureType === 'subtestsFailed'

function failure(name: string, file: string, error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return `\n✖ ${relative(process.cwd(), file)}: ${name}\n${text.replace(/^/gm, '    ')}\n\n`
}
