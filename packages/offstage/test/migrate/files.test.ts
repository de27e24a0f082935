import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, cpSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { canonical } from '../../src/migrate/canonical.ts'
import { headBlueprint, linkFolder, openChain, type Chain } from '../../src/migrate/chain.ts'
import { readFolder, writeMigration } from '../../src/migrate/files.ts'
import type { Flags } from '../../src/migrate/flags.ts'
import { noHints } from '../../src/migrate/hints.ts'
import { mergeHeads } from '../../src/migrate/merge.ts'
import { draftMigration, type Migration, type Renders } from '../../src/migrate/migration.ts'
import { repairFolder } from '../../src/migrate/repair-folder.ts'
import { squash } from '../../src/migrate/squash.ts'
import { sqlToSteps, stepsToSql } from '../../src/migrate/steps.ts'
import type { Blueprint, ColumnDef, TableDef } from '../../src/store/blueprint.ts'
import type { Operation, Render, Step } from '../../src/store/operations.ts'
import { makeMigration, type MakeOptions } from './make.ts'

const id: ColumnDef = { name: 'id', type: 'uuid', nullable: false }
const text = (name: string): ColumnDef => ({ name, type: 'text', nullable: true })
const table = (name: string, ...columns: ColumnDef[]): TableDef => ({ name, columns: [id, ...columns], indexes: [] })
const tables = (...list: TableDef[]): Blueprint => ({ tables: list })

// The chain knows of databases only that they say operations somehow.
const render: Render = (_, operations) =>
  operations.map((operation): Step => {
    if (operation.op === 'data' || operation.op === 'fillShadow') return { kind: 'run', says: 'runs', run: operation }
    const rebuild = operation.op === 'alterColumn' && { rebuild: true as const }
    return { kind: 'sql', says: operation.op, sql: `do\n  '${JSON.stringify(operation)}'`, ...rebuild }
  })
const renders: Renders = { sqlite: render, postgres: render }

let root = ''
let clock = 0
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'offstage-migrations-'))
  clock = Date.parse('2026-01-31T12:00:00Z')
})
afterEach(() => rmSync(root, { recursive: true }))

const chain = (): Chain => openChain(readFolder(root))
const problems = (): string =>
  linkFolder(readFolder(root))
    .problems.map(({ place, what, write }) => `${place}: ${what}; ${write}`)
    .join('\n')
const ids = (list: readonly Migration[]): string[] => list.map((one) => one.id.slice(15))

function make(name: string, wanted: Blueprint, options: Partial<MakeOptions> & { flags?: Flags } = {}, on: Chain = chain()): Migration {
  clock += 60_000
  const made = makeMigration(on, { name, now: new Date(clock), wanted, hints: noHints, ...options }, renders)
  assert.ok(made, 'nothing to do')
  writeMigration(root, made)
  return made
}

describe('steps in a file of SQL', () => {
  test('are read back exactly', () => {
    const steps: Step[] = [
      { kind: 'sql', says: 'add "x"', sql: `alter table a add b text default ';\n-- not a step'` },
      { kind: 'sql', says: 'x', sql: 'create index concurrently i on a (b)', alone: true, repeatable: true },
      { kind: 'run', says: 'fill', run: { op: 'data', step: 'a.b' } },
      { kind: 'sql', says: 'y', sql: 'begin end', rebuild: true },
    ]
    const file = stepsToSql('a title', steps)
    assert.deepEqual(sqlToSteps(file), steps)
    assert.deepEqual(sqlToSteps(file.replaceAll('\n', '\r\n')).length, 4)
    assert.match(file, /^-- a title\n\n-- step \{"says":"add \\"x\\""\}\nalter table a/)
    assert.deepEqual(sqlToSteps(stepsToSql('nothing', [])), [])
  })
  test('are refused when they could not be read back', () => {
    for (const sql of [' a', 'a\n-- step {}', ''])
      assert.throws(
        () => stepsToSql('t', [{ kind: 'sql', says: 'x', sql }]),
        (error: Error) => /line|kept in a file/.test(error.message),
        sql,
      )
  })
  test('that are edited wrongly are told with their line', () => {
    assert.throws(() => sqlToSteps('-- x\ndrop table a;'), /line 2: a statement without/)
    assert.throws(() => sqlToSteps('-- step {'), /line 1: .* no JSON/)
    assert.throws(() => sqlToSteps('-- step {}\na'), /line 1: a step needs "says"/)
    assert.throws(() => sqlToSteps('-- step {"says":"x"}\n\n-- step {"says":"y"}\na'), /line 1: the step "x" has no statement/)
  })
})

describe('a folder of migrations', () => {
  test('is read as it was written, in order', () => {
    const first = make('First one!', tables(table('a', text('x'))))
    const second = make('second', tables(table('a', text('x'), text('y'))))
    assert.match(first.id, /^20260131120100_first_one$/)
    const read = chain()
    assert.deepEqual(ids(read.migrations), ['first_one', 'second'])
    const stored = read.migrations[1]!
    assert.deepEqual({ ...stored, ...JSON.parse(JSON.stringify(second)) }, stored)
    assert.deepEqual(stored.before, first.after)
    assert.deepEqual(Object.keys(stored.checksums), ['up.sqlite.sql', 'up.postgres.sql', 'down.sqlite.sql', 'down.postgres.sql'])
    assert.deepEqual(headBlueprint(read), canonical(tables(table('a', text('x'), text('y')))))
    assert.equal(makeMigration(read, { name: 'x', now: new Date(clock), wanted: headBlueprint(read), hints: noHints }, renders), undefined)
    assert.deepEqual(openChain(readFolder(join(root, 'nothing'))).migrations, [])
  })

  test('never gives an id that comes before that of its parent', () => {
    make('first', tables(table('a')))
    clock -= 3_600_000
    assert.match(make('second', tables(), { allowDestructive: 'test' }).id, /^20260131120101_second$/)
  })

  test('asks before it loses anything, and keeps the answer', () => {
    make('first', tables(table('a', text('x'), text('old'))))
    const wanted = tables(table('a', text('x'), text('fresh')))
    assert.throws(() => make('second', wanted), { message: /--rename a\.old=fresh/ })
    assert.throws(() => make('second', wanted, { flags: { drop: ['a.old'] } }), {
      code: 'data_loss',
      message: /drop a\.old.*--allow-destructive/s,
    })
    const made = make('second', wanted, { flags: { drop: ['a.old'] }, allowDestructive: 'nobody used it' })
    assert.deepEqual(made.consents, [{ operation: 'drop a.old', reason: 'nobody used it' }])
    assert.deepEqual([made.irreversible, made.down], [['drop a.old: its values are gone'], {}])
    const manifest = join(root, made.id, 'migration.json')
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('nobody used it', ''))
    assert.match(problems(), /nobody has agreed to "drop a\.old"/)
  })

  test('tells everything that was changed, each with its place', () => {
    const first = make('first', tables(table('a')))
    const second = make('second', tables(table('a', text('x'))))
    make('third', tables(table('a', text('x')), table('b')))
    appendFileSync(join(root, first.id, 'up.sqlite.sql'), '\n-- step {"says":"more"}\nselect 1;\n')
    rmSync(join(root, first.id, 'down.postgres.sql'))
    writeFileSync(join(root, second.id, 'up.mysql.sql'), 'drop table a;')
    const snapshot = join(root, second.id, 'snapshot.json')
    writeFileSync(snapshot, readFileSync(snapshot, 'utf8').replace('"x"', '"y"'))
    const told = problems()
    assert.match(told, new RegExp(`migrations/${first.id}/up\\.sqlite\\.sql: the file was changed.*offstage migrate repair`))
    assert.match(told, new RegExp(`migrations/${first.id}/down\\.postgres\\.sql: the file is missing`))
    assert.match(told, new RegExp(`migrations/${second.id}/snapshot\\.json: the file was changed`))
    assert.equal(told.split('\n').length, 3, 'what follows a migration that cannot be read is not reported for it')
    assert.throws(chain, { code: 'invalid_migration', message: /up\.sqlite.*down\.postgres.*snapshot/s })
    writeFileSync(snapshot, readFileSync(snapshot, 'utf8').replace('"y"', '"x"'))
    assert.match(problems(), new RegExp(`${second.id}/up\\.mysql\\.sql: migration\\.json does not know this file`))
    assert.match(problems(), /up\.mysql\.sql: line 1: a statement without/)
    rmSync(join(root, first.id), { recursive: true })
    assert.match(problems(), new RegExp(`${second.id}/migration\\.json: it follows ${first.id}, which is not there`))
    renameSync(join(root, second.id), join(root, 'other'))
    assert.match(problems(), /migrations\/other\/migration\.json: its id is/)
    writeFileSync(join(root, 'other', 'migration.json'), '{"format": 2}')
    assert.match(problems(), /a later Offstage has written/)
    writeFileSync(join(root, 'other', 'migration.json'), '{')
    assert.match(problems(), /it is no JSON/)
  })

  test('takes edited SQL for right once it is told, whatever the line ends', () => {
    const { id } = make('first', tables(table('a')))
    const file = join(root, id, 'up.sqlite.sql')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
    assert.equal(problems(), '')
    appendFileSync(file, '\n-- step {"says":"more"}\nselect 1;\n')
    assert.deepEqual(repairFolder(root, renders), [`The SQL files of ${id} are taken as they are now.`])
    assert.equal(problems(), '')
    assert.deepEqual(
      chain().migrations[0]!.up.sqlite!.map(({ says }) => says),
      ['createTable', 'more'],
    )
  })

  test('writes the rest anew from operations that were edited', () => {
    make('first', tables(table('a')))
    const { id } = make('second', tables(table('a', text('x'))))
    const manifest = join(root, id, 'migration.json')
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll('"name": "x"', '"name": "z"'))
    assert.match(problems(), /its operations lead to other tables than its snapshot says.*repair/)
    const third = make('third', tables(table('a', text('x')), table('b')), {}, linkFolder(readFolder(root)).chain)
    assert.deepEqual(repairFolder(root, renders), [
      `${id} is written anew from its operations, its SQL too.`,
      `${third.id} is written anew from its operations, its SQL too.`,
    ])
    assert.equal(problems(), '')
    assert.deepEqual(headBlueprint(chain()), canonical(tables(table('a', text('z')), table('b'))))
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"table": "a"', '"table": "b"'))
    assert.match(problems(), /no table 'b' at this point/)
    assert.throws(() => repairFolder(root, renders), { code: 'invalid_migration' })
  })
})

test('who knows that a step of code needs no way back removes the reason', () => {
  make('first', tables(table('a')))
  const { id, irreversible } = make('second', tables(table('a', text('x'))), { flags: { data: ['a.x'] } })
  assert.deepEqual(irreversible, ['data step a.x: what a step of code has changed is not known'])
  writeFileSync(join(root, id, 'data.ts'), '')
  assert.equal(problems(), '')
  const manifest = join(root, id, 'migration.json')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(JSON.stringify(irreversible[0]), ''))
  assert.match(problems(), /there is a way back, and it has no SQL for it.*migrate repair/)
  repairFolder(root, renders)
  assert.deepEqual(
    chain().migrations[1]!.down.sqlite!.map(({ says }) => says),
    ['dropColumn'],
  )
  const dropped = make('third', tables(table('a')), { allowDestructive: 'test' })
  const file = join(root, dropped.id, 'migration.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace(JSON.stringify(dropped.irreversible[0]), ''))
  assert.match(problems(), /it gives no reason why there is no way back \(drop a\.x/)
  repairFolder(root, renders)
  assert.deepEqual(chain().migrations[2]!.irreversible, dropped.irreversible)
})

describe('branches', () => {
  const base = (): Chain => {
    make('base', tables(table('a', text('x')), table('b')))
    return chain()
  }
  const merge = (): Migration => {
    clock += 60_000
    const draft = mergeHeads(chain(), new Date(clock))
    assert.ok(draft)
    const made = draftMigration(draft, renders)
    writeMigration(root, made)
    return made
  }

  test('that change different things are joined', () => {
    const on = base()
    make('one', tables(table('a', text('x'), text('y')), table('b')), {}, on)
    make('two', tables(table('a', text('x')), table('b'), table('c')), {}, on)
    make('three', tables(table('a', text('x'), text('z')), table('b')), {}, on)
    assert.deepEqual(ids(chain().heads), ['one', 'two', 'three'])
    const made = merge()
    assert.deepEqual([made.parents.length, made.operations, made.irreversible], [3, [], []])
    const { heads } = chain()
    assert.deepEqual(ids(heads), ['merge'])
    assert.deepEqual(heads[0]!.after, canonical(tables(table('a', text('x'), text('y'), text('z')), table('b'), table('c'))))
    make('after', tables(table('a', text('x')), table('b'), table('c')), { allowDestructive: 'test' })
    assert.deepEqual(ids(chain().migrations), ['base', 'one', 'two', 'three', 'merge', 'after'])
    assert.equal(mergeHeads(chain(), new Date(clock)), undefined)
  })

  test('that change the same thing are told by name', () => {
    const cases: [Blueprint, Blueprint][] = [
      [tables(table('a', text('x'), text('y')), table('b')), tables(table('a', text('x'), { ...text('y'), type: 'integer' }), table('b'))],
      [tables(table('b'), table('n', text('x'))), tables(table('a', text('x'), text('y')), table('b'))],
      // SQLite would copy the table without the other's column.
      [tables(table('a', { ...text('x'), type: 'text(255)' }), table('b')), tables(table('a', text('x'), text('y')), table('b'))],
      [tables(table('a', text('x')), table('b'), table('c')), tables(table('a', text('x')), table('b'), table('c'))],
    ]
    for (const [one, two] of cases) {
      rmSync(root, { recursive: true })
      const on = base()
      const flags = { rename: one.tables.some(({ name }) => name === 'n') ? ['a=n'] : [] }
      make('one', one, { flags }, on)
      make('two', two, {}, on)
      assert.throws(merge, { code: 'invalid_migration', message: /_one and \d+_two both change .*make it again/ })
    }
  })

  test('with own statements or code are joined if these name none of the other tables', () => {
    const on = base()
    const own = (name: string, operation: Operation): Migration => {
      clock += 60_000
      const made = draftMigration(
        { name, now: new Date(clock), parents: on.heads, before: headBlueprint(on), operations: [operation] },
        renders,
      )
      writeMigration(root, made)
      if (operation.op === 'data') writeFileSync(join(root, made.id, 'data.ts'), '')
      return made
    }
    own('sql', { op: 'sql', up: { sqlite: ['update b set id = id'], postgres: [] } })
    make('one', tables(table('a', text('x'), text('y')), table('b')), {}, on)
    merge()
    const data = own('data', { op: 'data', step: 'a.x' })
    assert.throws(merge, { code: 'invalid_migration', message: /data.* both change the table a|both change the table a.*data/ })
    rmSync(join(root, data.id, 'data.ts'))
    assert.match(problems(), /data\.ts: the file is missing/)
  })
})

test('a chain is squashed into a baseline that what came after goes on from', () => {
  make('one', tables(table('a', text('x'))))
  make('two', tables(table('a', text('x'), text('y'))))
  clock += 60_000
  cpSync(root, `${root}-before`, { recursive: true })
  const three = make('three', tables(table('a', text('x'), text('y')), table('b')))
  rmSync(join(root, three.id), { recursive: true })
  const baseline = draftMigration(squash(chain(), new Date(clock)), renders)
  writeMigration(root, baseline)
  const before = chain()
  assert.deepEqual([ids(before.migrations), ids(before.replaced)], [['baseline'], ['one', 'two']])
  // Somebody else's, made on the old ones meanwhile.
  writeMigration(root, three)
  assert.deepEqual(ids(chain().migrations), ['baseline', 'three'])
  for (const id of baseline.replaces) rmSync(join(root, id), { recursive: true })
  assert.deepEqual(ids(chain().migrations), ['baseline', 'three'])
  assert.deepEqual(chain().replaced, [])
  clock += 60_000
  const again = squash(chain(), new Date(clock))
  assert.deepEqual(again.replaces, [...baseline.replaces, baseline.id, three.id])
  rmSync(`${root}-before`, { recursive: true })
})
