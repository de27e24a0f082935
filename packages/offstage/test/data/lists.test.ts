// Counting the rows that have a certain row in a list: whichever side a database looks from, the same rows are counted.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { t } from '../../src/schema/t.ts'
import { openModels } from './fixture.ts'

const labels = ['red', 'blue', 'green']

test('a count, an aggregate and the rows agree on filters over lists', async () => {
  await using place = await openModels({
    boxes: { name: t.text().index(), size: t.integer(), things: t.many('things', 'box'), marks: t.many('labels').through('marks') },
    // Some things are in no box: the reference back holds null.
    things: { label: t.text({ max: 20 }).index(), box: t.ref('boxes').optional() },
    labels: { text: t.text({ max: 20 }).unique() },
    marks: { box: t.ref('boxes'), label: t.ref('labels') },
  })
  const { sys } = place as any
  const marks = []
  for (const text of labels) marks.push(await sys.labels.create({ text }))
  const boxes: { name: string; size: number; things: string[]; marks: string[] }[] = []
  for (let i = 0; i < 24; i++) {
    const has = labels.filter((_, n) => (i >> n) & 1)
    const marked = labels.filter((_, n) => (i >> (2 - n)) & 1)
    const { id } = await sys.boxes.create({ name: `box ${i % 5}`, size: i % 3, things: { create: has.map((label) => ({ label })) } })
    for (const { id: label, text } of marks) if (marked.includes(text)) await sys.marks.create({ box: id, label })
    boxes.push({ name: `box ${i % 5}`, size: i % 3, things: has, marks: marked })
  }
  for (const label of labels) await sys.things.create({ label })

  const red = { things: { some: { label: 'red' } } }
  const cases: [object, (box: (typeof boxes)[number]) => boolean][] = [
    [red, ({ things }) => things.includes('red')],
    [{ not: red }, ({ things }) => !things.includes('red')],
    [{ things: { none: { label: 'red' } } }, ({ things }) => !things.includes('red')],
    [{ things: { every: { label: 'red' } } }, ({ things }) => things.every((label) => label === 'red')],
    [{ or: [red, { size: 2 }] }, ({ things, size }) => things.includes('red') || size === 2],
    [{ and: [red, { size: { gte: 1 } }] }, ({ things, size }) => things.includes('red') && size >= 1],
    [{ and: [red, { name: 'box 1' }] }, ({ things, name }) => things.includes('red') && name === 'box 1'],
    [{ and: [red, { things: { some: { label: { in: ['blue', 'green'] } } } }] }, ({ things }) => things[0] === 'red' && things.length > 1],
    [{ not: { or: [red, { size: 2 }] } }, ({ things, size }) => !things.includes('red') && size !== 2],
    [{ things: { some: { label: { not: 'red' } } } }, ({ things }) => things.some((label) => label !== 'red')],
    [{ marks: { some: { text: 'blue' } } }, ({ marks }) => marks.includes('blue')],
    [
      { things: { some: { box: { marks: { some: { text: 'blue' } } } } } },
      ({ things, marks }) => things.length > 0 && marks.includes('blue'),
    ],
    [{ things: { some: { label: 'red', box: { name: 'box 1' } } } }, ({ things, name }) => things.includes('red') && name === 'box 1'],
  ]
  for (const [where, passes] of cases) {
    const expected = boxes.filter(passes).length
    const said = JSON.stringify(where)
    assert.equal(await sys.boxes.count(where), expected, said)
    const { data, count } = await sys.boxes.list({ where, count: true, limit: 5 })
    assert.deepEqual([data.length, count], [Math.min(expected, 5), expected], said)
    const rows = await sys.boxes.aggregate({ where, group: 'size', measures: { boxes: 'count' } })
    assert.equal(
      rows.reduce((sum: number, row: { boxes: number }) => sum + row.boxes, 0),
      expected,
      said,
    )
  }

  // Through a reference to a list, page by page: the things of boxes that hold something red.
  const inRed = { box: { things: { some: { label: 'red' } } } }
  const expected = boxes.filter(({ things }) => things.includes('red')).reduce((sum, { things }) => sum + things.length, 0)
  let [seen, after] = [0, undefined as string | undefined]
  do {
    const page = await sys.things.list({ where: inRed, sort: '-label', limit: 7, count: true, ...(after !== undefined && { after }) })
    seen += page.data.length
    after = page.next ?? undefined
    assert.equal(page.count, expected)
  } while (after !== undefined)
  assert.equal(seen, expected)
  assert.equal(await sys.things.count({ not: inRed }), (await sys.things.count()) - expected)
})
