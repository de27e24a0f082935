import { test } from 'node:test'
import { textOf } from '../../src/query/values.ts'
import type { Json } from '../../src/schema/kind.ts'
import type { ColumnType } from '../../src/store/blueprint.ts'
import { notesRegistry } from '../../src/store/contract/notes.ts'
import { digitsOf, isDecimal } from '../../src/store/conversions.ts'
import { renderSqlite } from '../../src/store/sqlite/ddl.ts'
import { openSqlite } from '../../src/store/sqlite/store.ts'
import { defaultText } from '../../src/store/sqlite/table-text.ts'
import { convertsValues } from './ddl-conversions.ts'

function wire(type: ColumnType, value: unknown): Json {
  if (isDecimal(type)) return textOf(BigInt(value as string), digitsOf(type).scale)
  if (type === 'json') return JSON.parse(value as string)
  return type === 'boolean' ? value === 1 : type === 'serial' ? String(value) : (value as Json)
}

test('values become the new type, or the change is refused with none of them changed', { timeout: 400_000 }, async () => {
  const store = await openSqlite({ registry: notesRegistry(), file: ':memory:' })
  await store.tables.locked((session) =>
    convertsValues({
      session,
      render: renderSqlite,
      introspect: () => store.tables.introspect(),
      expected: (blueprint) => store.tables.expected(blueprint),
      constant: defaultText,
      wire,
      read: (type, column) => (isDecimal(type) ? `cast(${column} as text)` : column),
    }),
  )
  await store.close()
})
