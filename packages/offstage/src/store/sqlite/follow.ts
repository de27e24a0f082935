// In development the tables follow the models by themselves, as long as nothing can be lost. What the tables look like is kept in a
// table of tables, because SQLite's own types are too few to tell a decimal of two digits from one of three.

import { OffstageError } from '../../base/errors.ts'
import { sqliteCode, unavailable, type Connection } from './connection.ts'
import { rebuild, type Change, type KnownTable, type Problem, type Rebuild } from './rebuild.ts'
import type { Models, Table } from '../sql/model.ts'
import { formOf, indexTexts, tableText } from './tables.ts'
import { literal, quote } from './values.ts'

const catalog = 'offstage_tables'

export function follow(connection: Connection, models: Models, now: () => Date, dryRun: boolean): readonly string[] {
  const changes = plan(connection, models, now)
  if (changes.length === 0 || dryRun) return changes.map(({ said }) => said)
  // A rebuild drops a table that others refer to: with foreign keys on that would delete or refuse their rows. Has no effect within a transaction.
  connection.exec('pragma foreign_keys = off')
  try {
    connection.exec('begin immediate')
    for (const change of changes) apply(connection, change)
    const broken = connection.all('select "table", parent, count(*) from pragma_foreign_key_check group by 1, 2', [])
    if (broken.length > 0)
      throw dataLoss(
        broken.map(([table, parent, count]) => ({
          what: `${count} rows of ${table} would refer to rows of ${parent} that do not exist`,
          write: 'remove or correct these rows first',
        })),
      )
    connection.exec('commit')
  } catch (error) {
    if (connection.db.isTransaction) connection.exec('rollback')
    throw unavailable(error)
  } finally {
    connection.exec('pragma foreign_keys = on')
  }
  return changes.map(({ said }) => said)
}

function apply(connection: Connection, { said, sql }: Change): void {
  try {
    for (const statement of sql) connection.exec(statement)
  } catch (error) {
    const code = sqliteCode(error)
    if (code === undefined || (code & 0xff) !== 19) throw error
    throw dataLoss([
      {
        what: `"${said}" is refused by rows that are there (${(error as Error).message})`,
        write: 'correct these rows first, or take the new limit back',
      },
    ])
  }
}

function dataLoss(problems: readonly Problem[]): OffstageError {
  const list = problems.map(({ what, write }) => `- ${what}; ${write}.`).join('\n')
  return new OffstageError('data_loss', {
    detail: `The tables cannot follow the models without losing data; nothing was changed.\n${list}`,
    hint: 'In development `offstage reset` builds the database anew from the seed.',
  })
}

function plan(connection: Connection, models: Models, now: () => Date): Change[] {
  const present = new Set(
    connection.all(`select name from sqlite_schema where type = 'table'`, []).map(([name]) => String(name).toLowerCase()),
  )
  const known = new Map<string, KnownTable>()
  if (present.has(catalog)) {
    for (const [name, text, columns] of connection.all(`select name, text, columns from ${catalog}`, [])) {
      known.set(name as string, {
        name: name as string,
        text: text as string,
        columns: JSON.parse(columns as string) as KnownTable['columns'],
      })
    }
  }
  const problems: Problem[] = []
  const changes: Change[] = []
  const wanted = new Set<string>()
  for (const table of models.all) {
    wanted.add(table.model.table)
    const old = known.get(table.model.table)
    if (!old && present.has(table.model.table.toLowerCase())) {
      problems.push({
        what: `the database has a table ${table.model.table} that Offstage did not make`,
        write: `give the model ${table.model.name} another table: model(fields, { table: 'other' })`,
      })
      continue
    }
    const result = tableChange(connection, models, table, old, now)
    problems.push(...result.problems)
    if (result.change) changes.push(result.change)
    changes.push(...indexChanges(connection, table, result.change !== undefined))
  }
  for (const old of known.values()) if (!wanted.has(old.name)) removed(connection, old, changes, problems)
  if (problems.length > 0) throw dataLoss(problems)
  if (changes.length > 0 && !present.has(catalog))
    changes.unshift({
      said: `created the table ${catalog}`,
      sql: [`create table ${catalog} (name text primary key not null, text text not null, columns text not null) strict`],
    })
  return changes
}

const isEmpty = (connection: Connection, table: string): boolean => connection.all(`select 1 from ${quote(table)} limit 1`, []).length === 0

function tableChange(connection: Connection, models: Models, table: Table, old: KnownTable | undefined, now: () => Date): Rebuild {
  const { table: name } = table.model
  const text = tableText(models, table, name)
  const columns = JSON.stringify(columnsOf(table))
  // The text alone does not tell how values are to be read: a decimal is a whole number in it, whatever its scale.
  if (old?.text === text && JSON.stringify(old.columns) === columns) return { problems: [] }
  const remember = `insert or replace into ${catalog} values (${[name, text, columns].map(literal).join(', ')})`
  if (!old) return { problems: [], change: { said: `created the table ${name}`, sql: [text, remember] } }
  if (isEmpty(connection, name))
    return { problems: [], change: { said: `made the empty table ${name} anew`, sql: [`drop table ${table.name}`, text, remember] } }
  const built = rebuild(connection, table, old, tableText(models, table, `${name}__new`), now)
  return built.change ? { ...built, change: { ...built.change, sql: [...built.change.sql, remember] } } : built
}

const columnsOf = (table: Table): KnownTable['columns'] =>
  [...table.columns.values()].map((column) => ({ column: column.field.column, form: formOf(column), nullable: column.nullable }))

function indexChanges(connection: Connection, table: Table, isNew: boolean): Change[] {
  const wanted = indexTexts(table)
  const present = new Map(
    isNew
      ? []
      : connection
          .all(
            `select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null and name like '%\\_\\_%' escape '\\'`,
            [table.model.table],
          )
          .map(([name, sql]) => [name as string, sql as string] as const),
  )
  const changes: Change[] = []
  for (const [name, sql] of present)
    if (wanted.get(name) !== sql) changes.push({ said: `dropped the index ${name}`, sql: [`drop index ${quote(name)}`] })
  for (const [name, sql] of wanted) if (present.get(name) !== sql) changes.push({ said: `created the index ${name}`, sql: [sql] })
  return changes
}

function removed(connection: Connection, old: KnownTable, changes: Change[], problems: Problem[]): void {
  if (!isEmpty(connection, old.name)) {
    problems.push({
      what: `no model uses the table ${old.name} any more, and it has rows`,
      write: `declare a model with { table: '${old.name}' }, or remove its rows first`,
    })
    return
  }
  changes.push({
    said: `dropped the empty table ${old.name}`,
    sql: [`drop table ${quote(old.name)}`, `delete from ${catalog} where name = ${literal(old.name)}`],
  })
}
