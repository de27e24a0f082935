import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { OffstageError } from '../base/errors.ts'
import { integerKind } from '../schema/fields/integer.ts'
import { textKind } from '../schema/fields/text.ts'
import { readConfig, type Config, type ConfigOptions } from './config.ts'
import { placeOf } from './database-url.ts'
import { ownDatabase } from './owner.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'offstage-config-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const good = 'kX9vQ2mB7rT4wY8zN3pL6sD1fG5hJ0cA'
const read = (mode: 'development' | 'production', environment: Record<string, string> = {}, more: Partial<ConfigOptions> = {}): Config =>
  readConfig({ mode, root, environment, ...more })
const databaseFile = ({ database }: Config): string => (database.kind === 'sqlite' ? database.file : '')
const refused = (mode: 'development' | 'production', environment: Record<string, string>): string[] => {
  try {
    read(mode, environment)
  } catch (error) {
    assert.ok(error instanceof OffstageError)
    assert.equal(error.code, 'configuration')
    return error.errors!.map((e) => e.path)
  }
  return []
}

test('development needs nothing: it makes its own secret, keeps it, and only its owner may read it', () => {
  const first = read('development')
  assert.ok(first.secret.length >= 32)
  assert.equal(read('development').secret, first.secret)
  assert.equal(statSync(join(root, '.offstage/secret')).mode & 0o777, 0o600)
  assert.equal(readFileSync(join(root, '.offstage/.gitignore'), 'utf8'), '*\n')
  assert.equal(databaseFile(first), join(root, 'data/app.db'))
  assert.deepEqual([first.host, first.port], ['127.0.0.1', 4000])
})

test('E27 production refuses to start without a secret, with a short one, and with a sample', () => {
  assert.deepEqual(refused('production', {}), ['SECRET'])
  assert.deepEqual(refused('production', { SECRET: '12345678' }), ['SECRET'])
  assert.deepEqual(refused('production', { SECRET: 'change-me-change-me-change-me-change-me' }), ['SECRET'])
  assert.deepEqual(refused('production', { SECRET: 'a'.repeat(40) }), ['SECRET'])
  assert.deepEqual(refused('production', { SECRET: good, SECRET_PREVIOUS: 'short' }), ['SECRET_PREVIOUS'])
  assert.deepEqual(refused('production', { SECRET: good }), [])
})

test('I8 nothing but the command decides the mode', () => {
  const config = read('production', { SECRET: good, NODE_ENV: 'development', OFFSTAGE_ENV: 'dev', DEBUG: '1' })
  assert.equal(config.mode, 'production')
  assert.equal(read('development', { NODE_ENV: 'production' }).mode, 'development')
})

test('M3 production refuses origins of everyone, plain http and a trust in every proxy', () => {
  const bad = { SECRET: good, ORIGINS: '*', PUBLIC_URL: 'http://shop.example', TRUST_PROXY: 'true' }
  assert.deepEqual(refused('production', bad), ['PUBLIC_URL', 'ORIGINS', 'TRUST_PROXY'])
  assert.deepEqual(refused('production', { SECRET: good, ORIGINS: 'http://app.example' }), ['ORIGINS'])
  assert.deepEqual(refused('production', { SECRET: good, ORIGINS: 'https://app.example/path' }), ['ORIGINS'])
  assert.deepEqual(refused('production', { SECRET: good, TRUST_PROXY: '0.0.0.0/0' }), ['TRUST_PROXY'])
})

test('all problems are reported together, with where the value came from', () => {
  assert.throws(
    () => read('production', { SECRET: good, PORT: 'eighty', DATABASE_URL: 'sqlite://x', LOG_LEVEL: 'loud' }),
    (error: OffstageError) => {
      assert.deepEqual(
        error.errors!.map((e) => e.path),
        ['DATABASE_URL', 'PORT', 'LOG_LEVEL'],
      )
      assert.match(error.message, /from the environment/)
      return true
    },
  )
})

test('the real environment wins over .env.local, which wins over .env; production reads neither', () => {
  writeFileSync(join(root, '.env'), 'PORT=5001\nHOST=0.0.0.0\nLOG_LEVEL=warn\n')
  writeFileSync(join(root, '.env.local'), 'PORT=5002\nHOST=::1\n')
  const config = read('development', { PORT: '5003' })
  assert.deepEqual([config.port, config.host, config.logLevel], [5003, '::1', 'warn'])
  const sources = Object.fromEntries(config.shown.map((variable) => [variable.name, variable.source]))
  assert.deepEqual([sources['PORT'], sources['HOST'], sources['LOG_LEVEL']], ['the environment', '.env.local', '.env'])
  assert.equal(read('production', { SECRET: good }).port, 4000)
})

test("the app's own variables are read by their kinds, and their text is never shown", () => {
  const declared = new Map([
    ['STRIPE_KEY', { kind: textKind, options: { max: 100 }, optional: false }],
    ['MOST', { kind: integerKind, options: { min: 1 }, optional: false, default: 10 }],
    ['EXTRA', { kind: textKind, options: { max: 100 }, optional: true }],
  ])
  const config = read('development', { STRIPE_KEY: 'sk_live_abcdefgh' }, { declared })
  assert.deepEqual(config.env, { STRIPE_KEY: 'sk_live_abcdefgh', MOST: 10, EXTRA: null })
  assert.ok(!JSON.stringify(config.shown).includes('sk_live'))
  assert.ok(config.secrets.includes('sk_live_abcdefgh') && config.secrets.includes(config.secret))
  assert.throws(() => read('development', { MOST: '0' }, { declared }), /STRIPE_KEY: is not set.*MOST/)
})

test('proxies, origins and database files are read', () => {
  const config = read('production', {
    SECRET: good,
    TRUST_PROXY: '10.0.0.0/8, ::1',
    ORIGINS: 'https://a.example, https://b.example:8443',
    PUBLIC_URL: 'https://shop.example/',
    DATABASE_URL: 'file:/var/lib/shop.db',
  })
  assert.deepEqual(config.trustProxy, ['10.0.0.0/8', '::1'])
  assert.deepEqual(config.origins, ['https://a.example', 'https://b.example:8443'])
  assert.equal(config.publicUrl, 'https://shop.example')
  assert.equal(databaseFile(config), '/var/lib/shop.db')
  assert.equal(read('production', { SECRET: good, TRUST_PROXY: '1' }).trustProxy, 1)
})

test('DATABASE_URL names a file or a server, and replicas are of the same kind', () => {
  const server = (url: string, replicas = ''): unknown =>
    read('development', { DATABASE_URL: url, DATABASE_REPLICA_URLS: replicas }).database
  const url = 'postgres://app:pw-of-app@db.example:5432/shop?sslmode=require'
  assert.deepEqual(server(url), { kind: 'postgres', url, replicas: [] })
  assert.deepEqual(server('postgresql:///shop?host=/run/postgresql'), {
    kind: 'postgres',
    url: 'postgresql:///shop?host=/run/postgresql',
    replicas: [],
  })
  assert.deepEqual(server('mysql://a@h/shop', 'mysql://a@r1/shop, mariadb://a@r2/shop'), {
    kind: 'mysql',
    url: 'mysql://a@h/shop',
    replicas: ['mysql://a@r1/shop', 'mariadb://a@r2/shop'],
  })
  assert.equal((server('mariadb://a@h/shop') as { kind: string }).kind, 'mysql')

  const refusal = (environment: Record<string, string>, words: RegExp): void =>
    assert.throws(() => read('development', environment), words, JSON.stringify(environment))
  refusal({ DATABASE_URL: './data/app.db' }, /must begin with file:, postgres:\/\/ or mysql:\/\/.*found no scheme/)
  refusal({ DATABASE_URL: 'mongodb://h/shop' }, /found mongodb:/)
  refusal({ DATABASE_URL: 'postgres:/h/shop' }, /found postgres:/)
  refusal({ DATABASE_URL: 'file:' }, /must have a path/)
  refusal({ DATABASE_URL: 'file:a.db?mode=ro' }, /takes no parameters/)
  refusal({ DATABASE_URL: 'postgres://h' }, /must name one database/)
  refusal({ DATABASE_REPLICA_URLS: 'postgres://h/shop' }, /the file of DATABASE_URL has no replicas/)
  refusal({ DATABASE_URL: url, DATABASE_REPLICA_URLS: 'mysql://h/shop' }, /same kind of database/)
  refusal({ DATABASE_URL: url, DATABASE_REPLICA_URLS: `${url},nothing` }, /DATABASE_REPLICA_URLS.*found no scheme/)
})

test('I5 passwords of databases are shown nowhere, and hidden in the log', () => {
  const config = read('development', {
    DATABASE_URL: 'postgres://app:pa%24%24w0rd-one@h/shop?sslpassword=pw-of-the-key&schema=s',
    DATABASE_REPLICA_URLS: 'postgres://app:passw0rd-two@r1/shop,postgres://r2/shop',
  })
  const shown = Object.fromEntries(config.shown.map(({ name, value }) => [name, value]))
  assert.equal(shown['DATABASE_URL'], 'postgres://app:••••@h/shop?sslpassword=••••&schema=s')
  assert.equal(shown['DATABASE_REPLICA_URLS'], 'postgres://app:••••@r1/shop,postgres://r2/shop')
  assert.equal(placeOf(config.database), 'postgres://app@h/shop?schema=s')
  for (const secret of ['pa%24%24w0rd-one', 'pa$$w0rd-one', 'pw-of-the-key', 'passw0rd-two'])
    assert.ok(config.secrets.includes(secret), secret)

  // One that cannot even be read is shown when it is refused.
  let said = ''
  const refuse = (): unknown =>
    read('development', { DATABASE_URL: 'postgres://app:p@ss/w0rd@h/shop' }, { refused: (list) => (said = JSON.stringify(list)) })
  assert.throws(refuse, (error: Error) => /%2F/.test(error.message) && !/w0rd/.test(error.message))
  assert.match(said, /postgres:\/\/app:••••@h\/shop/)
  assert.doesNotMatch(said, /w0rd/)
})

test('a database file is served by one process at a time, and free again when that ends', () => {
  const file = join(root, 'app.db')
  const first = ownDatabase(file)
  assert.throws(() => ownDatabase(file), { code: 'database_in_use' })
  first.release()
  ownDatabase(file).release()
})
