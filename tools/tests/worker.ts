// A process that runs test files one after another, each named by its parent when the one before is done. A file is a test whose subtests
// are the file's own, so its hooks are its own too, and the modules of Offstage are loaded once for all of them.

import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

let running = 0

process.on('message', (file: string) => {
  running++
  void test(file, async () => {
    await import(pathToFileURL(file).href)
  }).finally(() => running--)
})

/** Milliseconds. What lets go of something a moment later has long done so. */
const patience = 60_000

// The parent ends the channel when no file is left, and the process ends with its last handle. A parent that was killed waits for nothing.
process.on('disconnect', () => {
  if (running > 0) process.exit(1)
  setTimeout(() => {
    process.stderr.write(`Some test left something open: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, patience).unref()
})
