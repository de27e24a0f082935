// Questions about rows: filters, includes and parameters, right ones and others.
import { nastyTexts, nastyValues, type Chance } from './chance.ts'
import { fitting, resolve, type Operation, type World } from './world.ts'

const operators = [
  'not',
  'in',
  'notIn',
  'lt',
  'lte',
  'gt',
  'gte',
  'contains',
  'startsWith',
  'endsWith',
  'some',
  'none',
  'every',
  'null',
  'and',
  'or',
  'path',
  'equals',
  'exists',
]

/** A filter as somebody might write it who has half read the documentation. */
export function filter(world: World, chance: Chance, depth = 0): unknown {
  if (depth > 5) return chance.pick(nastyValues)
  const entries = Array.from({ length: chance.integer(1, 3) }, (): [string, unknown] => {
    if (chance.is(0.15))
      return [chance.pick(['and', 'or']), Array.from({ length: chance.integer(0, 3) }, () => filter(world, chance, depth + 1))]
    if (chance.is(0.1)) return ['not', filter(world, chance, depth + 1)]
    const name = chance.is(0.9) ? chance.pick(world.fields) : chance.pick(nastyTexts)
    if (chance.is(0.25)) return [name, filter(world, chance, depth + 1)]
    if (chance.is(0.5))
      return [name, { [chance.pick(operators)]: chance.is(0.2) ? filter(world, chance, depth + 1) : value(world, chance) }]
    return [name, value(world, chance)]
  })
  return Object.fromEntries(entries)
}

const value = (world: World, chance: Chance): unknown =>
  chance.is(0.3) && world.ids.length > 0
    ? chance.pick(world.ids)
    : chance.is(0.3)
      ? chance.pick([1, 5, '10.00', true, 'paid', '2026-01-01T00:00:00Z'])
      : chance.pick(nastyValues)
const words = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given))
export const path = (world: World, chance: Chance): string =>
  Array.from({ length: chance.pick([1, 1, 1, 2, 3, 5]) }, () => chance.pick(world.fields)).join('.')

export function include(world: World, chance: Chance, depth = 0): unknown {
  if (depth > 4 || chance.is(0.3)) return chance.pick([true, {}, 'count', 'exists', null, 1])
  return Object.fromEntries(
    Array.from({ length: chance.integer(1, 2) }, () => [
      chance.pick(world.fields),
      chance.is(0.4)
        ? true
        : {
            ...(chance.is(0.4) && { include: include(world, chance, depth + 1) }),
            ...(chance.is(0.3) && { where: filter(world, chance, 3) }),
            ...(chance.is(0.3) && { sort: path(world, chance) }),
            ...(chance.is(0.3) && { limit: chance.pick([1, 0, -1, 5000, '3', null]) }),
            ...(chance.is(0.1) && { of: chance.pick(world.fields), exists: filter(world, chance, 3) }),
          },
    ]),
  )
}

export function queryParameter(world: World, chance: Chance): [string, string] {
  switch (chance.integer(0, 9)) {
    case 0:
      return ['where', JSON.stringify(filter(world, chance))]
    case 1:
      return ['include', chance.is(0.5) ? path(world, chance) : JSON.stringify(include(world, chance))]
    case 2:
      return ['sort', (chance.is(0.5) ? '-' : '') + path(world, chance)]
    case 3:
      return ['select', chance.pick(world.fields)]
    case 4:
      return [
        chance.pick(['limit', 'after', 'count', 'search', 'zone', 'limit']),
        chance.pick([...nastyTexts, '10', '200', 'true', 'Europe/Berlin']),
      ]
    case 5:
      return [`${path(world, chance)}.${chance.pick(operators)}`, words(value(world, chance))]
    case 6:
      return [`${chance.pick(world.fields)}[${chance.pick(operators)}]`, words(value(world, chance))]
    case 7:
      return [
        'group',
        chance.is(0.5)
          ? path(world, chance)
          : JSON.stringify([{ [chance.pick(world.fields)]: chance.pick(['hour', 'month', 'year', 'eon']) }]),
      ]
    case 8:
      return [
        'measures',
        JSON.stringify({
          [chance.pick(['n', 'total', '__proto__', 'x y'])]: chance.is(0.3)
            ? 'count'
            : { [chance.pick(['sum', 'avg', 'min', 'max', 'count', 'countDistinct', 'median'])]: path(world, chance) },
        }),
      ]
    default:
      return [path(world, chance), words(value(world, chance))]
  }
}

/** Parameters that should be taken as they are, or all but one. */
export function fittingQuery(world: World, chance: Chance, { path: at, row }: Operation): [string, string][] {
  const columns = Object.entries(row).filter(([, schema]) => resolve(world.document, schema)?.type !== 'array')
  const column = (): string => chance.pick(columns)[0]
  const pairs: [string, string][] = []
  const [name, schema] = chance.pick(columns)
  if (chance.is(0.6))
    pairs.push([
      `${name}${chance.pick(['', '', '.not', '.in', '.gte', '.lt', '.contains', '.null'])}`,
      words(fitting(world, chance, schema)),
    ])
  if (at.endsWith('/aggregate')) {
    pairs.push(
      ['count', 'true'],
      ...(chance.is(0.7) ? [['group', column()] as [string, string]] : []),
      ...(chance.is(0.5) ? [[chance.pick(['min', 'max', 'countDistinct', 'sum', 'avg']), column()] as [string, string]] : []),
    )
  } else if (!at.includes('{')) {
    if (chance.is(0.5)) pairs.push(['sort', `${chance.pick(['', '-'])}${column()}`])
    if (chance.is(0.4)) pairs.push(['limit', String(chance.integer(1, 100))])
    if (chance.is(0.2)) pairs.push(['count', 'true'])
  }
  if (!at.endsWith('/aggregate') && chance.is(0.2)) pairs.push(['select', [...new Set([column(), column()])].join(',')])
  return chance.is(0.1) ? [...pairs, queryParameter(world, chance)] : at.includes('{') ? pairs.filter(([key]) => key === 'select') : pairs
}
