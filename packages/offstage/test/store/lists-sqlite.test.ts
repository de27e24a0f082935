// SQLite looks into `exists` for every row of a table. What is asked of all rows begins where few are, when an index leads there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { openModels } from '../data/fixture.ts'
import { counted } from '../statements.ts'

test('all rows are counted from the list where its rows are named, and one by one where that could be longer', async () => {
  await using place = await openModels({
    boxes: { name: t.text().index(), things: t.many('things', 'box') },
    things: { label: t.text({ max: 20 }).index(), note: t.text(), kind: t.enum('a', 'b').index(), box: t.ref('boxes') },
  })
  const { sys } = place as any
  const looksFromThere = async (where: object): Promise<boolean> => {
    const { statements } = await counted(() => sys.boxes.count(where))
    assert.equal(statements.length, 1)
    return / in \(select /.test(statements[0]!)
  }
  assert.equal(await looksFromThere({ things: { some: { label: 'red' } } }), true)
  assert.equal(await looksFromThere({ things: { some: { label: { in: ['red', 'blue'] }, note: 'x' } } }), true)
  // Without an index; of a choice that most may have; where the boxes themselves are few; where the list is asked for what it lacks.
  assert.equal(await looksFromThere({ things: { some: { note: 'x' } } }), false)
  assert.equal(await looksFromThere({ things: { some: { kind: 'a' } } }), false)
  assert.equal(await looksFromThere({ name: 'box', things: { some: { label: 'red' } } }), false)
  assert.equal(await looksFromThere({ things: { none: { label: 'red' } } }), false)
  // A page in an order is walked in it, and the rows beyond the reference are looked up once.
  const { statements } = await counted(() => sys.things.list({ where: { box: { things: { some: { label: 'red' } } } }, sort: '-note' }))
  assert.match(statements[0]!, /and \+t\d+\."box" in \(select /)
})
