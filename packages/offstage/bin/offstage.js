#!/usr/bin/env node
// Old syntax only and no imports until the version is known: an old Node must reach the sentence, not a syntax error.
var version = process.versions.node.split('.')
if (Number(version[0]) < 24 || (Number(version[0]) === 24 && Number(version[1]) < 7)) {
  console.error(
    'Offstage needs Node 24.7 or later (24 and 26 are the long-term releases); this is Node ' +
      process.versions.node +
      '. Get it at https://nodejs.org',
  )
  process.exit(1)
} else {
  void start()
}

function start() {
  var options = process.execArgv.join(' ') + ' ' + (process.env.NODE_OPTIONS || '')
  if (options.indexOf('@offstage/source') >= 0) return import('../src/cli.ts')
  if (import.meta.url.indexOf('/node_modules/') >= 0) return import('../dist/cli.js')
  // In the repository everything runs from source, so that no stale build can.
  var child = process
    .getBuiltinModule('node:child_process')
    .spawn(
      process.execPath,
      ['--conditions=@offstage/source', process.getBuiltinModule('node:url').fileURLToPath(import.meta.url)].concat(process.argv.slice(2)),
      { stdio: 'inherit' },
    )
  process.on('SIGINT', function () {})
  process.on('SIGTERM', function () {
    child.kill('SIGTERM')
  })
  child.on('exit', function (code, signal) {
    process.exitCode = signal ? 1 : code
  })
}
