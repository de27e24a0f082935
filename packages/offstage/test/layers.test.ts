import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { test } from 'node:test'

// A room may import only rooms named before it. This list is the architecture; the tests below keep it true.
const rooms = [
  'base',
  'schema',
  'client',
  'query',
  'store',
  'migrate',
  'data',
  'changes',
  'http',
  'auth',
  'live',
  'jobs',
  'files',
  'mail',
  'webhooks',
  'search',
  'api',
  'admin',
  'app',
  'testing',
  'commands',
]
// Features stand beside each other: none may import another. `app` is the one room that knows them all.
const features = ['auth', 'live', 'jobs', 'files', 'mail', 'webhooks', 'search']
// The public faces are the files of `src/` itself; a face may import any room up to the one named.
const faces: Record<string, string> = { 'index.ts': 'app', 'client.ts': 'client', 'testing.ts': 'testing', 'cli.ts': 'commands' }

// Files over 300 lines, each with the reason why it reads better whole.
const long: Record<string, string> = {}

// Files that take types from each other in a ring, until it is cut. None may be added.
const rings = [
  'app/mountable.ts app/open.ts',
  'data/core.ts data/frames.ts data/hooks.ts data/nested.ts data/rows.ts data/show.ts data/slugs.ts data/stamp.ts data/values.ts data/writes.ts',
  'store/sql/dialect.ts store/sql/model.ts',
]

const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')
const files = globSync('**/*.ts', { cwd: src })
  .map((file) => file.split(sep).join('/'))
  .toSorted()

interface Import {
  readonly target: string
  readonly typeOnly: boolean
}

const text = (file: string): string => readFileSync(join(src, file), 'utf8')

function imports(file: string): Import[] {
  const found: Import[] = []
  const statement = /^\s*(?:import|export)\s+(type\s)?[^'"`;()]*?from\s*'(\.[^']+)'|^\s*import\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm
  for (const match of text(file).matchAll(statement)) {
    const specifier = match[2] ?? match[3] ?? match[4]!
    found.push({
      target: relative(src, resolve(src, dirname(file), specifier))
        .split(sep)
        .join('/'),
      typeOnly: match[1] !== undefined,
    })
  }
  return found
}

const room = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : (faces[file] ?? '?'))

test('every file has a room, and every face is in the exports of the package', () => {
  for (const file of files)
    assert.ok(rooms.includes(room(file)), `src/${file} stands in no room; the rooms are listed in test/layers.test.ts`)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const exported = Object.values<any>(manifest.exports)
    .map((entry) => entry['@offstage/source'])
    .filter(Boolean)
  assert.deepEqual(
    exported.toSorted(),
    Object.keys(faces)
      .filter((face) => face !== 'cli.ts')
      .map((face) => `./src/${face}`)
      .toSorted(),
  )
})

test('a room imports only rooms before it, and no feature imports another', () => {
  for (const file of files.filter((f) => !f.endsWith('.test.ts'))) {
    for (const { target } of imports(file)) {
      const [from, to] = [room(file), room(target)]
      const place = `src/${file} imports ${target}`
      assert.ok(rooms.indexOf(to) <= rooms.indexOf(from), `${place}: ${from} may not import ${to}, which stands above it`)
      assert.ok(
        from === to || !features.includes(from) || !features.includes(to),
        `${place}: features stand beside each other; let app/ join them`,
      )
      if (from === 'client' && to !== 'client') {
        assert.ok(imports(file).find((i) => i.target === target)?.typeOnly, `${place}: the client goes to browsers; it may take types only`)
      }
    }
  }
})

test('no file imports itself in a ring', () => {
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, path: readonly string[]): void => {
    assert.notEqual(state.get(file), 'open', `a ring of imports: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
    if (state.has(file)) return
    state.set(file, 'open')
    for (const { target, typeOnly } of imports(file)) if (!typeOnly) visit(target, [...path, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
})

test('no files take types from each other in a ring, but for those that are known', () => {
  const targets = new Map(files.map((file) => [file, imports(file).map(({ target }) => target)]))
  const reached = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>()
    const open = [from]
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const target of targets.get(file) ?? []) if (!seen.has(target) && seen.add(target)) open.push(target)
    }
    return seen
  }
  const reach = new Map(files.map((file) => [file, reached(file)]))
  const found = files
    .filter((file) => reach.get(file)!.has(file))
    .map((file) => files.filter((other) => reach.get(file)!.has(other) && reach.get(other)?.has(file)).join(' '))
  assert.deepEqual([...new Set(found)].toSorted(), rings)
})

test('no file is longer than 300 lines without a stated reason', () => {
  for (const file of files) {
    const lines = text(file).split('\n').length - 1
    if (Object.hasOwn(long, file)) assert.ok(lines > 300, `src/${file} has ${lines} lines and needs no exception any more`)
    else assert.ok(lines <= 300, `src/${file} has ${lines} lines; split it, or give the reason in test/layers.test.ts`)
  }
  for (const file of Object.keys(long)) assert.ok(files.includes(file), `src/${file} is gone; remove its exception`)
})

test('no barrels inside, no default exports, no rooms or files without a meaning', () => {
  for (const file of files) {
    assert.doesNotMatch(text(file), /^export default/m, `src/${file} has a default export; give it a name`)
    if (!Object.hasOwn(faces, file))
      assert.doesNotMatch(text(file), /^export (type )?(\*|\{[^}]*\}) from/m, `src/${file} passes exports on; import from where they are`)
    if (!Object.hasOwn(faces, file))
      assert.doesNotMatch(file, /(^|\/)(index|utils?|helpers?|lib|common|misc)(\.ts|\/)/, `src/${file}: name the file after what it is`)
  }
})

test('the source has no unfinished places', () => {
  for (const file of files) {
    assert.doesNotMatch(text(file), /\/\/.*\b(TODO|FIXME)\b|not implemented/i, `src/${file} is unfinished`)
    assert.doesNotMatch(text(file), /\bconsole\.(log|debug)\b/, `src/${file} prints; commands write with process.stdout, the rest logs`)
  }
})

test('the repository speaks of Offstage alone: no paths of a machine, no other registry', () => {
  const top = resolve(root, '../..')
  const ignored = /(^|\/)(node_modules|dist|\.git|\.offstage|results|vendor)(\/|$)/
  for (const file of globSync('{packages,examples,bench,tools,docs,decisions,.ci}/**/*.{ts,js,json,md,html,css}', {
    cwd: top,
    exclude: (name) => ignored.test(name),
  })) {
    if (ignored.test(file)) continue
    assert.ok(!readFileSync(join(top, file), 'utf8').includes(top + sep), `${file} names a folder of this machine`)
  }
  const lock: { packages: Record<string, { resolved?: string; link?: boolean }> } = JSON.parse(
    readFileSync(join(top, 'package-lock.json'), 'utf8'),
  )
  for (const [name, entry] of Object.entries(lock.packages)) {
    if (entry.resolved === undefined || entry.link) continue
    assert.match(entry.resolved, /^https:\/\/registry\.npmjs\.org\//, `${name} is locked to another registry`)
  }
})
