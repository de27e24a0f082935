// Prints the OpenAPI document of an app: `node --conditions=@offstage/source tools/openapi.ts examples/shop/app.ts`.

import { loadApp } from '../packages/offstage/src/commands/load.ts'
import { readConfig } from '../packages/offstage/src/app/config.ts'
import { declaredEnv } from '../packages/offstage/src/app/env.ts'
import { openApp } from '../packages/offstage/src/app/open.ts'

const { app, root } = await loadApp(process.argv[2] ?? 'examples/shop/app.ts')
const config = readConfig({
  mode: 'development',
  root,
  environment: { ...process.env, DATABASE_URL: 'file::memory:' },
  declared: declaredEnv(app),
  secret: 'fleeting',
})
const running = await openApp(app, { config, logLevel: 'warn', writeLog: (line) => process.stderr.write(line) })
const response = await running.fetch(new Request('http://localhost/openapi.json'))
process.stdout.write(await response.text())
await running.close()
process.exitCode = response.ok ? 0 : 1
