// What the types cost: apps of 20, 100 and 300 models, in folders with `kit` and in one literal with `defineModels`, checked by tsc
// against the declarations that users get. Instantiations are exact and must not grow. Times are printed; with `--time`, 100 models
// must take under 3 s (`npm run check`: a time says something of the types only on a machine that does nothing else).

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const budgetFile = join(root, 'bench/types/budget.json')
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const sizes = [20, 100, 300] as const
const tolerance = 1.05
/** Seconds for 100 models on two cores, tsc's own start included. */
const longest = 3

const name = (i: number): string => `model${i}`
const at = (i: number, count: number): string => name(((i % count) + count) % count)

/** The fields of one model: 12 values, 3 references, 2 lists. Model 0 is the users. */
function fieldsOf(i: number, count: number): string {
  return `{
  title: t.text({ max: 200 }), body: t.text().default(''), code: t.text({ max: 40 }).unique(), site: t.url().optional(),
  active: t.boolean().default(true), count: t.integer({ min: 0 }).default(0), ratio: t.number().optional(), price: t.decimal(10, 2),
  status: t.enum('open', 'paid', 'done').default('open'), at: t.datetime().optional(), day: t.date().optional(), extra: t.json<string[]>().optional(),
  owner: t.${i === 0 ? `ref('model0').optional()` : 'user()'}, next: t.ref('${at(i + 1, count)}').optional(), other: t.ref('${at(i + 7, count)}').optional(),
  before: t.many('${at(i - 1, count)}', 'next'), others: t.many('${at(i - 7, count)}', 'other'),
}`
}

function statementsOf(i: number, model: string): string {
  return `${model}.access({
  read: [{ owner: me }, { next: { other: { owner: me } } }, me.is({ status: 'paid' })], create: { owner: me },
  update: { owner: me, status: 'open', next: { owner: { active: true } } }, delete: me.is({ status: 'done' }),
})
${model}.on('updated', async ({ row, before, db }) => {
  if (row.status !== before.status) await db.${name(i)}.update(row.id, { count: { increment: 1 } })
})
`
}

function endpointsOf(i: number): string {
  return `export const call${i} = endpoint({
  allow: 'signed-in', input: { id: t.ref('${name(i)}'), note: t.text().optional() },
  async run({ input, db }) {
    const row = await db.${name(i)}.get(input.id, { include: { next: { include: { owner: true } }, before: { where: { active: true }, include: { other: true }, limit: 3 } } })
    return { title: row.title, owner: row.next?.owner?.title, first: row.before[0]?.other?.price }
  },
})
export const page${i} = endpoint({
  allow: me.is({ status: 'paid' }), input: { status: t.enum('open', 'paid') },
  async run({ input, db }) {
    const { data } = await db.${name(i)}.list({ where: { status: input.status, owner: { title: { startsWith: 'x' } } }, include: { other: { include: { next: true } }, others: { sort: '-at', limit: 2 } }, sort: ['-at', 'title'], limit: 20 })
    return data.map((row) => ({ title: row.title, next: row.other?.next?.code, first: row.others[0]?.price }))
  },
})
${
  i % 10 > 0
    ? ''
    : `export const report${i} = endpoint({
  allow: me.is({ status: 'paid' }),
  run: ({ db }) => db.${name(i)}.aggregate({ where: { active: true }, group: ['status', { at: 'month' }], measures: { rows: 'count', revenue: { sum: 'price' } }, sort: '-revenue' }),
})
`
}`
}

const endpointNames = (i: number): string => `call${i}, page${i}${i % 10 > 0 ? '' : `, report${i}`}`

function clientOf(i: number): string {
  return `{
  const { data } = await api.${name(i)}.list({ where: { status: 'open', next: { title: { contains: 'x' } } }, include: { next: { include: { owner: true } }, others: true }, sort: '-createdAt' })
  const text: string | undefined = data[0]?.next?.owner?.title
  const made = await api.${name(i)}.create({ title: text ?? '', code: 'x', price: '1.00' })
  const called: { title: string } = await api.call.call${i}({ id: made.id })
  console.log(called)
}
`
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const clientHead = (from: string): string =>
  `import { createClient } from 'offstage/client'\nimport type { app } from '${from}'\nconst api = createClient<typeof app>('')\n`

function writeFolders(folder: string, count: number): void {
  mkdirSync(join(folder, 'models'))
  mkdirSync(join(folder, 'endpoints'))
  writeFileSync(
    join(folder, 'kit.ts'),
    `import { kit } from 'offstage'\nimport type * as models from './models/index.ts'\nexport interface App { models: typeof models; user: 'model0' }\nexport const { me, t, model, endpoint } = kit<App>()\n`,
  )
  for (const i of numbers(count)) {
    writeFileSync(
      join(folder, `models/${name(i)}.ts`),
      `import { me, model, t } from '../kit.ts'\nexport const ${name(i)} = model(${fieldsOf(i, count)})\n${statementsOf(i, name(i))}`,
    )
    writeFileSync(join(folder, `endpoints/call${i}.ts`), `import { endpoint, me, t } from '../kit.ts'\n${endpointsOf(i)}`)
    writeFileSync(join(folder, `client${i}.ts`), `${clientHead('./app.ts')}${clientOf(i)}export {}\n`)
  }
  writeFileSync(
    join(folder, 'models/index.ts'),
    numbers(count)
      .map((i) => `export { ${name(i)} } from './${name(i)}.ts'\n`)
      .join(''),
  )
  writeFileSync(
    join(folder, 'endpoints/index.ts'),
    numbers(count)
      .map((i) => `export { ${endpointNames(i)} } from './call${i}.ts'\n`)
      .join(''),
  )
  writeFileSync(
    join(folder, 'app.ts'),
    `import { defineApp } from 'offstage'\nimport * as endpoints from './endpoints/index.ts'\nimport * as models from './models/index.ts'\nexport const app = defineApp({ models, endpoints, user: 'model0' })\n`,
  )
}

function writeOneFile(folder: string, count: number): void {
  const all = numbers(count)
  writeFileSync(
    join(folder, 'app.ts'),
    `import { defineApp, defineModels, t } from 'offstage'
const { models, me, endpoint } = defineModels({
${all.map((i) => `${name(i)}: ${fieldsOf(i, count)},`).join('\n')}
}, { user: 'model0' })
${all.map((i) => statementsOf(i, `models.${name(i)}`)).join('')}${all.map(endpointsOf).join('')}
export const app = defineApp({ models, endpoints: { ${all.map(endpointNames).join(', ')} }, user: 'model0' })
`,
  )
  writeFileSync(join(folder, 'client.ts'), `${clientHead('./app.ts')}${all.map(clientOf).join('')}`)
}

interface Cost {
  readonly instantiations: number
  readonly seconds: number
  readonly memory: number
}

function run(args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
  return stdout + stderr
}

function measure(workspace: string, style: string, count: number): Cost {
  const folder = join(workspace, `${style}-${count}`)
  mkdirSync(folder)
  ;(style === 'folders' ? writeFolders : writeOneFile)(folder, count)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        lib: ['es2024', 'dom', 'dom.iterable'],
        module: 'nodenext',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        erasableSyntaxOnly: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        paths: { offstage: [join(workspace, 'declarations/index.d.ts')], 'offstage/client': [join(workspace, 'declarations/client.d.ts')] },
      },
      include: ['**/*.ts'],
    }),
  )
  // One checker: several share the files by chance, and each counts again what it has in common with the others.
  return check(folder, style, count, ['--singleThreaded'])
}

/** As a user with two cores has it, with one checker or two. */
function quickest(first: number, folder: string, style: string, count: number): number {
  let best = first
  for (let tries = 0; tries < 2 && best > longest; tries++) best = Math.min(best, check(folder, style, count, ['--checkers', '2']).seconds)
  return best
}

const isBusy = (): boolean => loadavg()[0]! > Math.max(2, availableParallelism()) * 0.9

function check(folder: string, style: string, count: number, how: readonly string[]): Cost {
  const text = run(['-p', folder, '--extendedDiagnostics', ...how])
  const errors = text.split('\n').filter((line) => line.includes('error TS'))
  if (errors.length > 0)
    throw new Error(`The generated app of ${count} models (${style}) does not type-check:\n${errors.slice(0, 5).join('\n')}`)
  const value = (label: string): number => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(text)?.[1])
  return { instantiations: value('Instantiations'), seconds: value('Total time'), memory: value('Memory used') / 1024 }
}

function main(): number {
  const update = process.argv.includes('--update')
  const workspace = mkdtempSync(join(tmpdir(), 'offstage-types-'))
  try {
    writeFileSync(join(workspace, 'package.json'), '{ "type": "module" }')
    symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'))
    run([
      '-p',
      join(root, 'packages/offstage/tsconfig.json'),
      '--emitDeclarationOnly',
      '--declarationMap',
      'false',
      '--sourceMap',
      'false',
      '--composite',
      'false',
      '--incremental',
      'false',
      '--outDir',
      join(workspace, 'declarations'),
    ])
    const budget: Record<string, number> = update ? {} : JSON.parse(readFileSync(budgetFile, 'utf8'))
    const found: Record<string, number> = {}
    const failures: string[] = []
    console.log('style     models  instantiations  per model   budget   seconds   memory')
    for (const style of ['folders', 'literal']) {
      for (const count of sizes) {
        const cost = measure(workspace, style, count)
        const key = `${style} ${count}`
        found[key] = cost.instantiations
        const allowed = Math.round((budget[key] ?? Number.NaN) * tolerance)
        console.log(
          [
            style.padEnd(8),
            String(count).padStart(7),
            String(cost.instantiations).padStart(15),
            String(Math.round(cost.instantiations / count)).padStart(10),
            (update ? '' : String(allowed)).padStart(8),
            cost.seconds.toFixed(2).padStart(9),
            `${Math.round(cost.memory)} MB`.padStart(8),
          ].join(' '),
        )
        if (!update && !(cost.instantiations <= allowed))
          failures.push(`${key}: ${cost.instantiations} instantiations, ${allowed} allowed (bench/types/budget.json, +5%)`)
        const seconds =
          process.argv.includes('--time') && count === 100 ? quickest(cost.seconds, join(workspace, `${style}-${count}`), style, count) : 0
        if (seconds > longest && isBusy())
          console.log(`          ${seconds.toFixed(2)} s is over ${longest} s; not judged, the machine is busy with other work`)
        else if (seconds > longest) failures.push(`${key}: ${seconds} s on two cores, ${longest} s allowed`)
      }
      const [small, , large] = sizes
      const growth = found[`${style} ${large}`]! / large / (found[`${style} ${small}`]! / small)
      if (growth > 1.3)
        failures.push(`${style}: a model of ${large} costs ${growth.toFixed(2)} times a model of ${small}; it must be about linear`)
    }
    if (update) writeFileSync(budgetFile, `${JSON.stringify(found, null, 2)}\n`)
    for (const failure of failures) console.error(`too dear  ${failure}`)
    return failures.length > 0 ? 1 : 0
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

process.exitCode = main()
