#!/usr/bin/env node
// Old syntax only and no imports until the version is known: an old Node must reach the sentence, not a syntax error.
var version = process.versions.node.split('.')
if (Number(version[0]) < 24 || (Number(version[0]) === 24 && Number(version[1]) < 7)) {
  console.error('Offstage needs Node 24.7 or later (24 and 26 are the long-term releases); this is Node ' + process.versions.node + '. Get it at https://nodejs.org')
  process.exit(1)
} else {
  start()
}

function start() {
  var fs = process.getBuiltinModule('node:fs')
  var options = process.execArgv.join(' ') + ' ' + (process.env.NODE_OPTIONS || '')
  var fromSource = options.indexOf('@offstage/source') >= 0
  var built = new URL('../dist/cli.js', import.meta.url)
  if (fromSource) return import('../src/cli.ts')
  if (fs.existsSync(built)) return import('../dist/cli.js')
  // The repository before its first build: the same command, from source.
  var child = process.getBuiltinModule('node:child_process').spawn(
    process.execPath,
    ['--conditions=@offstage/source', process.getBuiltinModule('node:url').fileURLToPath(import.meta.url)].concat(process.argv.slice(2)),
    { stdio: 'inherit' },
  )
  process.on('SIGINT', function () {})
  process.on('SIGTERM', function () { child.kill('SIGTERM') })
  child.on('exit', function (code, signal) { process.exitCode = signal ? 1 : code })
}
