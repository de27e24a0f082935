// Statements of a developer's own are looked at by their words only: enough for the mistakes that stop a site.

import type { DialectName, Operation } from '../store/operations.ts'

type Report = (id: string, level: 'error' | 'warning', message: string, write: string) => void

interface Rule {
  readonly id: string
  readonly level: 'error' | 'warning'
  readonly dialects?: readonly DialectName[]
  readonly found: RegExp
  readonly unless?: RegExp
  readonly message: string
  readonly write: string
}

const rules: readonly Rule[] = [
  {
    id: 'sql-index-locks',
    level: 'error',
    dialects: ['postgres'],
    found: /\bcreate\s+(unique\s+)?index\b/i,
    unless: /\bconcurrently\b/i,
    message: 'Nobody can write to the table while the index is made.',
    write: 'create index concurrently',
  },
  {
    id: 'sql-constraint-locks',
    level: 'error',
    dialects: ['postgres'],
    found: /\badd\s+(constraint\s+\S+\s+)?(foreign\s+key|check)\b/i,
    unless: /\bnot\s+valid\b/i,
    message: 'Nobody can write to the table while all rows are checked.',
    write: 'add constraint ... not valid, and in a statement of its own validate constraint',
  },
  {
    id: 'sql-not-null-locks',
    level: 'error',
    dialects: ['postgres'],
    found: /\bset\s+not\s+null\b/i,
    message: 'Nobody can use the table while all rows are looked at.',
    write: 'make the field required in the model, which is done without that',
  },
  {
    id: 'sql-unique-locks',
    level: 'error',
    dialects: ['postgres'],
    found: /\badd\s+(constraint\s+\S+\s+)?(unique|primary\s+key)\b/i,
    unless: /\busing\s+index\b/i,
    message: 'Nobody can write to the table while the index is made.',
    write: 'create unique index concurrently, and then add constraint ... using index',
  },
  {
    id: 'sql-type-rewrite',
    level: 'error',
    dialects: ['postgres', 'mysql', 'mariadb'],
    found: /\balter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\b|\b(modify|change)\s+(column\s+)?\S+/i,
    message: 'Every row may be written anew, and nobody can write to the table while it is.',
    write: 'add a new column and fill it in a data step',
  },
  {
    id: 'sql-volatile-default',
    level: 'error',
    dialects: ['postgres'],
    found: /\badd\s+(column\s+)?\S+\s+.*\bdefault\s+(gen_random_uuid|random|clock_timestamp|nextval|uuid)/is,
    message: 'Every row is written anew, because each gets a value of its own.',
    write: 'add the column without a default, and fill it in a data step',
  },
  {
    id: 'sql-loses-data',
    level: 'error',
    found: /\b(drop\s+(table|column|database|schema)|truncate)\b/i,
    message: 'What it drops cannot come back, and no consent is asked for it.',
    write: 'take it out of the models, which asks for one',
  },
  {
    id: 'sql-all-rows',
    level: 'warning',
    found: /^\s*(update|delete)\b/i,
    message: 'All rows are changed in one statement, which locks them together.',
    write: 'a data step, which does it in batches',
  },
  {
    id: 'sql-lock',
    level: 'error',
    found: /\block\s+tables?\b/i,
    message: 'Nobody can use the table until the migration ends.',
    write: 'statements that need no lock',
  },
  {
    id: 'sql-transaction',
    level: 'error',
    found: /^\s*(begin|commit|rollback|start\s+transaction|savepoint)\b/i,
    message: 'It ends the transaction in which the progress of the migration is written.',
    write: 'the statement without it',
  },
]

export function lintSql(report: Report, operation: Operation & { op: 'sql' }, dialect: DialectName): void {
  const statements = operation.up[dialect]
  if (!statements) {
    report(
      'sql-missing',
      'error',
      `It has no statements for ${dialect}, so nothing would be done there.`,
      `Write \`up.${dialect}\`: [] says so.`,
    )
    return
  }
  for (const sql of statements)
    for (const { id, level, dialects, found, unless, message, write } of rules)
      if ((!dialects || dialects.includes(dialect)) && found.test(sql) && !unless?.test(sql)) report(id, level, message, `Write ${write}.`)
}
