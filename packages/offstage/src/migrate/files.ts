// A migration as a folder of files: `migration.json`, `snapshot.json`, `up.<database>.sql`, `down.<database>.sql`, and `data.ts` if it has
// steps of code. Everything is text that people can read, compare and edit; reading verifies all of it and tells all that is wrong.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OffstageError } from '../base/errors.ts'
import { strictJson } from '../base/strict-json.ts'
import { NotText, decodeUtf8 } from '../base/text.ts'
import type { DialectName, Operation, Step } from '../store/operations.ts'
import { dialects, format, sha256, type Migration } from './migration.ts'
import { readSnapshot, snapshotText } from './snapshot.ts'
import { sqlToSteps, stepsToSql } from './steps.ts'

/** Something wrong with a file. */
export interface FileProblem {
  /** Of the migration: the name of its folder. */
  readonly id: string
  /** `migrations/20260131120000_add_total/up.sqlite.sql`. */
  readonly place: string
  /** Ends without a full stop. */
  readonly what: string
  /** What to do, ends without a full stop. */
  readonly write: string
  /** What `migrate repair` does about it: take the files of SQL as they are, or write all anew from the operations. */
  readonly mend?: 'accept' | 'remake'
}

export type Direction = 'up' | 'down'
export const sqlFile = (direction: Direction, dialect: DialectName): string => `${direction}.${dialect}.sql`
export const folderOf = (root: string, id: string): string => join(root, id)
/** The steps of code of a migration; they stand in no checksum, and may be mended as long as they have not run. */
export const dataFile = 'data.ts'

const directions: readonly Direction[] = ['up', 'down']

/** Line ends are not content: tools for versions give them as the system likes. */
export const checksum = (text: string): string => sha256(text.replaceAll('\r\n', '\n'))

/** Writes all files but `data.ts`. Files of databases that the migration has no steps for are removed. */
export function writeMigration(root: string, migration: Migration): void {
  const folder = folderOf(root, migration.id)
  const texts = new Map<string, string>()
  for (const dialect of dialects)
    for (const direction of directions) {
      const steps = migration[direction][dialect]
      if (steps) texts.set(sqlFile(direction, dialect), stepsToSql(titleOf(migration, direction, dialect), steps))
    }
  mkdirSync(folder, { recursive: true })
  for (const dialect of dialects)
    for (const direction of directions) {
      const name = sqlFile(direction, dialect)
      const text = texts.get(name)
      if (text === undefined) rmSync(join(folder, name), { force: true })
      else writeFileSync(join(folder, name), text)
    }
  writeFileSync(join(folder, 'snapshot.json'), snapshotText(migration.after))
  writeManifest(root, migration, Object.fromEntries([...texts].map(([name, text]) => [name, checksum(text)])))
}

const titleOf = ({ id }: Migration, direction: Direction, dialect: DialectName): string =>
  `${id}, ${direction} on ${dialect}. It may be edited until it has run anywhere; then: offstage migrate repair`

function writeManifest(root: string, migration: Migration, files: Readonly<Record<string, string>>): void {
  const { id, parents, replaces, operations, risks, consents, suppressions, irreversible } = migration
  const manifest = {
    format,
    id,
    parents,
    ...(replaces.length > 0 && { replaces }),
    operations,
    risks,
    consents,
    suppressions,
    irreversible,
    files,
  }
  writeFileSync(join(folderOf(root, id), 'migration.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/** Takes the SQL files as they are now for right: their checksums are written anew. */
export function acceptFiles(root: string, migration: Migration): void {
  const folder = folderOf(root, migration.id)
  const names = dialects.flatMap((dialect) => directions.map((direction) => sqlFile(direction, dialect)))
  const present = names.filter((name) => existsSync(join(folder, name)))
  writeManifest(
    root,
    migration,
    Object.fromEntries(present.map((name) => [name, checksum(decodeUtf8(readFileSync(join(folder, name)), name))])),
  )
}

/** A migration that was read, with where its files are. */
export interface Stored extends Migration {
  readonly folder: string
  /** Of the files of SQL as they are now. */
  readonly checksums: Readonly<Record<string, string>>
}

export interface Folder {
  /** In order of their ids; those that cannot be read are left out. */
  readonly migrations: readonly Stored[]
  readonly problems: readonly FileProblem[]
}

/** All migrations of a folder, each verified by itself. No folder: no migrations. */
export function readFolder(root: string): Folder {
  const problems: FileProblem[] = []
  if (!existsSync(root)) return { migrations: [], problems }
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const migrations = names
    .map(({ name }) => name)
    .toSorted()
    .flatMap((id) => new FolderReader(root, id, problems).read() ?? [])
  return { migrations, problems }
}

/** All problems in one error. */
export function refuseFiles(problems: readonly FileProblem[]): void {
  if (problems.length === 0) return
  const lines = problems.map(({ place, what, write }) => `- ${place}: ${what}; ${write}.`)
  throw new OffstageError('invalid_migration', { detail: `The migrations cannot be used as they are.\n${lines.join('\n')}` })
}

const restore = 'take the file back from your version control'
const repair = 'if it was meant, and has not run anywhere: offstage migrate repair; else take the file back from your version control'

class FolderReader {
  readonly #root: string
  readonly #id: string
  readonly #problems: FileProblem[]
  constructor(root: string, id: string, problems: FileProblem[]) {
    this.#root = root
    this.#id = id
    this.#problems = problems
  }

  read(): Stored | undefined {
    const manifest = this.#manifest()
    const text = this.#text('snapshot.json')
    if (!manifest || text === undefined) return undefined
    const after = readSnapshot(text)
    if (typeof after === 'string') {
      this.#wrong('snapshot.json', after, restore)
      return undefined
    }
    const checksums: Record<string, string> = {}
    const up = this.#sql('up', manifest.files, checksums)
    const down = this.#sql('down', manifest.files, checksums)
    const hasData = manifest.operations.some(({ op }) => op === 'data')
    if (hasData && !existsSync(join(this.#root, this.#id, dataFile)))
      this.#wrong(dataFile, 'the file is missing, and the migration has steps of code', restore)
    const { files: _, ...rest } = manifest
    return { ...rest, after, up, down, folder: folderOf(this.#root, this.#id), checksums }
  }

  #manifest(): Manifest | undefined {
    const text = this.#text('migration.json')
    if (text === undefined) return undefined
    const wrong = (what: string, write: string): undefined => this.#wrong('migration.json', what, write)
    const manifest = readManifest(text)
    if (typeof manifest === 'string') return wrong(manifest, restore)
    if (manifest.id !== this.#id) return wrong(`its id is ${manifest.id}, and its folder is called ${this.#id}`, 'give both one name')
    return manifest
  }

  #sql(
    direction: Direction,
    files: Readonly<Record<string, string>>,
    checksums: Record<string, string>,
  ): Partial<Record<DialectName, readonly Step[]>> {
    const steps: Partial<Record<DialectName, readonly Step[]>> = {}
    for (const dialect of dialects) {
      const name = sqlFile(direction, dialect)
      const expected = files[name]
      const isThere = existsSync(join(this.#root, this.#id, name))
      if (expected === undefined && !isThere) continue
      const text = this.#text(name)
      if (text === undefined) continue
      checksums[name] = checksum(text)
      if (expected === undefined) this.#wrong(name, 'migration.json does not know this file', repair, 'accept')
      else if (expected !== checksums[name]) this.#wrong(name, 'the file was changed after it was written', repair, 'accept')
      try {
        steps[dialect] = sqlToSteps(text)
      } catch (error) {
        this.#wrong(name, (error as Error).message, 'correct that line')
      }
    }
    return steps
  }

  #text(name: string): string | undefined {
    try {
      return decodeUtf8(readFileSync(join(this.#root, this.#id, name)), name)
    } catch (error) {
      if (error instanceof NotText) return this.#wrong(name, error.what, 'save the file as UTF-8')
      return this.#wrong(name, 'the file is missing or cannot be read', restore)
    }
  }

  #wrong(name: string, what: string, write: string, mend?: FileProblem['mend']): undefined {
    this.#problems.push({ id: this.#id, place: `migrations/${this.#id}/${name}`, what, write, ...(mend && { mend }) })
  }
}

interface Manifest extends Omit<Migration, 'after' | 'up' | 'down'> {
  readonly files: Readonly<Record<string, string>>
}

/** The content of a `migration.json`, or what is wrong with it. */
function readManifest(text: string): Manifest | string {
  let json: Partial<Manifest> & { readonly format?: unknown }
  try {
    json = strictJson(text, 'it', true) as typeof json
  } catch (error) {
    return `it is no JSON to rely on (${(error as Error).message})`
  }
  if (typeof json !== 'object' || json === null) return 'it holds no object'
  if (typeof json.format === 'number' && json.format > format)
    return `it has format ${json.format}, which a later Offstage has written, and this one reads up to ${format}; update the package`
  if (json.format !== format) return 'it says no format'
  const lists = ['parents', 'operations', 'risks', 'consents', 'suppressions', 'irreversible'] as const
  const missing = lists.find((key) => !Array.isArray(json[key]))
  if (missing !== undefined) return `"${missing}" should be a list`
  if (typeof json.id !== 'string' || typeof json.files !== 'object' || json.files === null) return 'it needs an id and its files'
  const unknown = (json.operations as readonly Operation[]).find((one) => !known.has(one?.op))
  if (unknown) return `there is no operation "${unknown.op}"`
  const { id, parents, operations, risks, consents, suppressions, irreversible, files } = json as Manifest
  return { id, parents, replaces: json.replaces ?? [], operations, risks, consents, suppressions, irreversible, files }
}

const known: ReadonlySet<string> = new Set<Operation['op']>([
  'createTable',
  'dropTable',
  'renameTable',
  'addColumn',
  'dropColumn',
  'renameColumn',
  'alterColumn',
  'addIndex',
  'dropIndex',
  'renameIndex',
  'renameChoice',
  'fillShadow',
  'data',
  'sql',
])
