// What endpoints take and give: whether every part of it is one, at any depth.

import { OffstageError } from '../base/errors.ts'
import { didYouMean } from '../base/nearest.ts'
import type { Report } from './report.ts'
import { checkLimits } from './check-field.ts'
import { checkFieldOptions, checkShapeOptions } from './check-options.ts'
import { isStandard, shapeOf, type Input } from './endpoint.ts'
import { FieldNode, userToken } from './field.ts'
import { infoOf, openDefault } from './read-shape.ts'
import { modelNames, type Registry } from './registry.ts'
import { ShapeNode, type ObjectInfo, type Part } from './shape.ts'

export interface Checking {
  readonly report: Report
  readonly registry: Registry
  /** The shapes that have a name. */
  readonly names: Map<string, ObjectInfo>
}
interface At extends Checking {
  readonly place: string
}

/** `what` is its name in messages: `input of checkout`. What stands in an address is flat. */
export function checkInput(at: At, what: string, input: Input | undefined, from?: 'query' | 'params'): void {
  if (input === undefined || isStandard(input)) return
  const part = shapeOf(input)
  if (!from) {
    checkPart(at, what, part, '')
    return
  }
  const { parts } = part.shape as ObjectInfo
  if (parts === undefined) {
    at.report({
      id: 'O081',
      place: at.place,
      message: `The ${what} is a t.${part.shape.is}, and an address has values by name.`,
      hint: `Write ${from}: { name: t.text() }.`,
    })
    return
  }
  for (const [name, inner] of Object.entries(parts)) {
    if (!checkPart(at, what, inner, name) || isFlat(inner, from)) continue
    at.report({
      id: 'O081',
      place: at.place,
      message: `${name} in the ${what} has values within it, and an address is flat.`,
      hint:
        from === 'query'
          ? `Write a field but t.json, or a list of such fields (?${name}=a&${name}=b); or take it from the body.`
          : 'Write a field but t.json; lists come in the query, objects in the body.',
    })
  }
}

/** Nothing tells the text `[1]` of an address from a list that was sent as one parameter for each item: so no `t.json` either. */
function isFlat(part: Part, from: 'query' | 'params'): boolean {
  const info = infoOf(part)
  if (!('is' in info)) return info.kind.name !== 'json'
  return from === 'query' && info.is === 'list' && !(info.item instanceof ShapeNode) && isFlat(info.item, from)
}

/** Whether it is a part at all, at every depth: only then is there something that could read its defaults. */
function checkPart(at: At, what: string, part: unknown, path: string): boolean {
  const { report, registry, place } = at
  const named = path === '' ? `The ${what}` : `${path} in the ${what}`
  if (!(part instanceof FieldNode || part instanceof ShapeNode) || (part instanceof FieldNode && part.info.kind.name === 'many')) {
    const hint = 'Write t.text(), t.object({ ... }), t.list(...).'
    report({ id: 'O080', place, message: `${named} is neither a field nor a shape.`, hint })
    return false
  }
  if (part instanceof ShapeNode ? !checkShape(at, what, part, path) : !checkField(at, named, part)) return false
  const fallback = openDefault(registry, part as unknown as Part)
  const { default: given } = infoOf(part as unknown as Part)
  if (!fallback || !given || !('value' in given)) return true
  try {
    fallback()
  } catch (error) {
    if (!(error instanceof OffstageError)) throw error
    report({ id: 'O021', place, message: `${named}: ${error.detail}`, hint: error.hint! })
  }
  return true
}

function checkField({ report, registry, place }: At, named: string, { info }: FieldNode): boolean {
  checkFieldOptions(report, named, info, place)
  checkLimits({ report, what: named, place }, info)
  if (info.default && 'slug' in info.default)
    report({ id: 'O080', place, message: `${named} is a slug, which only a row can make.`, hint: 'Write t.text().' })
  if (info.target === undefined) return true
  const model = info.target === userToken ? registry.user : registry.models.get(info.target)
  if (!model || model.system)
    report({
      id: 'O011',
      place,
      message: `${named} refers to ${info.target === userToken ? 'the user model' : `'${info.target}'`}, and there is no such model.`,
      hint: didYouMean(info.target, modelNames(registry), 'The models are'),
    })
  return true
}

function checkShape(at: At, what: string, { shape }: ShapeNode, path: string): boolean {
  const { report, place } = at
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const named = path === '' ? `The ${what}` : `${path} in the ${what}`
  checkShapeOptions(report, named, shape, place)
  if ('parts' in shape) {
    checkName(at, named, shape)
    const sound = Object.entries(shape.parts).map(([name, part]) => checkPart(at, what, part, below(name)))
    return sound.every(Boolean)
  }
  const { max } = shape
  const min = shape.is === 'list' ? shape.min : 0
  if (![min, max].every((limit) => Number.isInteger(limit) && limit >= 0) || min > max)
    report({
      id: 'O020',
      place,
      message: `${named}: its limits must be whole numbers from 0, min not above max.`,
      hint: 'Write { min: 1, max: 20 }.',
    })
  return checkPart(at, what, shape.item, below('*'))
}

function checkName({ report, place, names }: At, named: string, shape: ObjectInfo): void {
  const { name, is, parts, others } = shape
  if (name === undefined) return
  if (!/^[A-Z][A-Za-z0-9]{0,39}$/.test(name))
    report({
      id: 'O083',
      place,
      message: `${named} is called '${name}'.`,
      hint: "Begin with a capital letter; then letters and digits, 40 at most: 'Article'.",
    })
  const other = names.get(name) ?? shape
  if (other.parts !== parts || other.is !== is || other.others !== others)
    report({
      id: 'O083',
      place,
      message: `${named} is called '${name}', and so is another shape.`,
      hint: 'Declare the shape once and use it in both places, or give one another name.',
    })
  names.set(name, other)
}
