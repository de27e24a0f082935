// The models of an app that changes for years, as plain data: edits are made on it, and the real declarations are built from it.

import assert from 'node:assert/strict'
import { declareApp } from '../../../src/schema/app.ts'
import { check } from '../../../src/schema/check.ts'
import type { Json } from '../../../src/schema/kind.ts'
import { createModel, type ModelNode } from '../../../src/schema/model.ts'
import type { Registry } from '../../../src/schema/registry.ts'
import { resolve } from '../../../src/schema/resolve.ts'
import { t } from '../../../src/schema/t.ts'
import type { Hints } from '../../../src/migrate/hints.ts'

const any = t as any

export type FieldKind =
  | 'text'
  | 'email'
  | 'url'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'enum'
  | 'json'
  | 'ref'

export interface FieldSpec {
  name: string
  /** The name in the database, if it is another. */
  column?: string
  kind: FieldKind
  /** Of text: the most code points. */
  length?: number
  /** Of decimals: precision and scale. */
  digits?: readonly [number, number]
  /** Of numbers. */
  min?: number | string
  max?: number | string
  choices?: string[]
  /** Of references: the name of the model. */
  target?: string
  optional?: boolean
  unique?: boolean
  index?: boolean
  searchable?: boolean
  default?: Json
  /** The column that it is in the database now; absent: none. */
  was?: string
  /** What choices of the database have become since. */
  renamedChoices?: Record<string, string>
}

export interface ModelSpec {
  name: string
  table?: string
  key: 'uuid' | 'key' | 'serial'
  /** Own fields that it has. */
  own: { createdAt: boolean; version: boolean }
  fields: FieldSpec[]
  unique: string[][]
  index: string[][]
  was?: string
}

export const tableOf = ({ name, table }: ModelSpec): string => table ?? name
export const columnOf = ({ name, column }: FieldSpec): string => column ?? name

/** The declarations are such as `check` lets pass. */
export function assertRight(models: readonly ModelSpec[], told: Hints): void {
  const app = declareApp({ models: nodesOf(models, told) } as any)
  const errors = check(app, resolve(app)).filter(({ level }) => level === 'error')
  assert.deepEqual(errors, [], 'the declarations are right')
}

/** The models as a developer would have declared them; `told` are the renames that stand in them. */
export const registryOf = (models: readonly ModelSpec[], told: Hints = {}): Registry => resolve({ models: nodesOf(models, told) })

function nodesOf(models: readonly ModelSpec[], told: Hints): Record<string, ModelNode> {
  const nodes: Record<string, ModelNode> = {}
  for (const model of models) {
    const table = tableOf(model)
    const fields = Object.fromEntries(model.fields.map((field) => [field.name, fieldOf(field, `${table}.${columnOf(field)}`, told)]))
    nodes[model.name] = createModel(fields, {
      ...(model.table !== undefined && { table: model.table }),
      ...(told.tables?.[table] !== undefined && { renamedFrom: told.tables[table] }),
      unique: model.unique,
      index: model.index,
      own: {
        ...(model.key !== 'uuid' && { id: model.key === 'serial' ? any.serial() : any.key() }),
        ...(!model.own.createdAt && { createdAt: false }),
        ...(!model.own.version && { version: false }),
      },
    })
  }
  return nodes
}

function fieldOf(field: FieldSpec, path: string, told: Hints): unknown {
  let made = plainField(field)
  if (field.column !== undefined) made = made.column(field.column)
  if (field.default !== undefined) made = made.default(field.default)
  if (field.optional) made = made.optional()
  if (field.unique) made = made.unique()
  if (field.index) made = made.index()
  if (field.searchable) made = made.searchable()
  if (told.columns?.[path] !== undefined) made = made.renamedFrom(told.columns[path])
  if (told.choices?.[path] !== undefined) made = made.renamedChoices(told.choices[path])
  return made
}

function plainField({ kind, length, digits, min, max, choices, target }: FieldSpec): any {
  const limits = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  switch (kind) {
    case 'text':
      return any.text(length === undefined ? {} : { max: length })
    case 'decimal':
      return any.decimal(...digits!, limits)
    case 'integer':
    case 'number':
      return any[kind](limits)
    case 'enum':
      return any.enum(...choices!)
    case 'ref':
      return any.ref(target)
    default:
      return any[kind]()
  }
}
