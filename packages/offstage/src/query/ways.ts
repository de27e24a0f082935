// The ways to pass a rule, each on its own line: who must ask, and what the row must be. A rule is one formula in which both are mixed;
// here it is multiplied out, so that it can be read, and so that what is said of one kind of caller is true of it.

import type { ModelDef, Registry } from '../schema/registry.ts'
import { and, equal, isIn, isMe, not, some } from './build.ts'
import { anonymous } from './principal.ts'
import { bind } from './rules.ts'
import type { Filter } from './tree.ts'

export interface Way {
  /** `users` are all who are signed in and of whom every one of `caller` holds. */
  readonly who: 'everyone' | 'strangers' | 'users'
  /** On the user model: what must hold of the caller's own row. */
  readonly caller: readonly Filter[]
  /** On the model of the rule: what must hold of the row. */
  readonly row: readonly Filter[]
}

/** All of it must hold. Each literal is a test, or `not` of one. */
interface Clause {
  readonly caller: readonly Filter[]
  readonly row: readonly Filter[]
}

/** Beyond this nobody would read them, and the formula itself is shown. */
const mostWays = 24
class TooMany extends Error {}

/**
 * The rule holds of a caller and a row exactly where one of the ways does. `model` is that of the row; without one (`allow` of an endpoint)
 * the rule is about the caller alone.
 */
export function waysOf(registry: Registry, model: ModelDef | undefined, rule: Filter): readonly Way[] {
  const stranger = bind(rule, anonymous, registry)
  try {
    const strangers = clausesOf(registry, model, stranger)
    const users = clausesOf(registry, model, rule)
    const shared = (clause: Clause, others: readonly Clause[]): boolean => others.some((other) => keyOf(other) === keyOf(clause))
    return [
      ...strangers.map((clause): Way => ({ who: shared(clause, users) ? 'everyone' : 'strangers', ...clause })),
      ...users.filter((clause) => !shared(clause, strangers)).map((clause): Way => ({ who: 'users', ...clause })),
    ]
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    const forStrangers: Way[] = stranger.is === 'false' ? [] : [{ who: 'strangers', caller: [], row: [stranger] }]
    return [...forStrangers, { who: 'users', caller: [], row: [rule] }]
  }
}

function clausesOf(registry: Registry, model: ModelDef | undefined, rule: Filter): readonly Clause[] {
  const clauses = new Multiplier(registry).of(rule, model, true)
  const sound = clauses.map(unique).filter((clause) => !contradicts(registry, model, clause))
  const kept = absorbed(sound)
  if (kept.length > mostWays) throw new TooMany()
  return kept
}

/** For a caller who is signed in: what is unknown of strangers is `bind`'s to say. */
class Multiplier {
  readonly #registry: Registry
  constructor(registry: Registry) {
    this.#registry = registry
  }

  of(filter: Filter, model: ModelDef | undefined, positive: boolean): readonly Clause[] {
    switch (filter.is) {
      case 'true':
      case 'false':
        return (filter.is === 'true') === positive ? [{ caller: [], row: [] }] : []
      case 'not':
        return this.of(filter.of, model, !positive)
      case 'and':
      case 'or': {
        const parts = filter.of.map((part) => this.of(part, model, positive))
        return (filter.is === 'and') === positive ? product(parts) : absorbed(parts.flat())
      }
      case 'me':
        // Whatever it says of the caller's row, it says of the caller, wherever it stands.
        return this.of(filter.where, this.#registry.user, positive).map(({ caller, row }) => ({ caller: [...caller, ...row], row: [] }))
      case 'some':
        return this.#through(filter.field, filter.where, model, positive)
      case 'in': {
        const named = filter.values.filter(isMe)
        if (!positive || named.length === 0) return [rowOf(filter, positive)]
        const others = isIn(
          filter.field,
          filter.values.filter((value) => !isMe(value)),
        )
        return [others, ...named.map((value) => equal(filter.field, value))].flatMap((part) => this.of(part, model, true))
      }
      default:
        return [rowOf(filter, positive)]
    }
  }

  /** Of a reference there is one row, so its tests stand apart; of a list, all of them are of the same row. */
  #through(name: string, where: Filter, model: ModelDef | undefined, positive: boolean): readonly Clause[] {
    const field = model?.fields.get(name)
    const target = this.#registry.models.get(field?.target ?? '')
    const inner = this.of(where, target, true)
    const one = (row: readonly Filter[]): Filter => some(name, and(row))
    if (positive) {
      return inner.map(({ caller, row }) => ({
        caller,
        row: field?.kind.name === 'ref' && row.length > 0 ? row.map((part) => one([part])) : [one(row)],
      }))
    }
    // There is none that passes: none of the first clause, none of the second, and so on.
    return product(
      inner.map(({ caller, row }) => [
        ...caller.map((part): Clause => ({ caller: [not(part)], row: [] })),
        { caller: [], row: [not(one(row))] },
      ]),
    )
  }
}

const rowOf = (filter: Filter, positive: boolean): Clause => ({ caller: [], row: [positive ? filter : not(filter)] })

function product(parts: readonly (readonly Clause[])[]): readonly Clause[] {
  return parts.reduce<readonly Clause[]>(
    (left, right) => {
      if (left.length * right.length > 16 * mostWays) throw new TooMany()
      return absorbed(left.flatMap((a) => right.map((b) => unique({ caller: [...a.caller, ...b.caller], row: [...a.row, ...b.row] }))))
    },
    [{ caller: [], row: [] }],
  )
}

const textOf = (filter: Filter): string => JSON.stringify(filter)
const textsOf = ({ caller, row }: Clause): readonly string[] => [...caller.map((part) => `caller ${textOf(part)}`), ...row.map(textOf)]
const keyOf = (clause: Clause): string => textsOf(clause).toSorted().join('\n')

/** Each once, and none that another one says already. */
function unique({ caller, row }: Clause): Clause {
  const once = (parts: readonly Filter[]): readonly Filter[] => {
    const all = [...new Map(parts.map((part) => [textOf(part), part])).values()]
    return all.filter((part, i) => !all.some((other, j) => i !== j && implies(other, part) && (j < i || !implies(part, other))))
  }
  return { caller: once(caller), row: once(row) }
}

/** Who has a row there that passes more tests has one that passes fewer. */
function implies(more: Filter, fewer: Filter): boolean {
  if (more.is !== 'some' || fewer.is !== 'some' || more.field !== fewer.field) return false
  const tests = partsOf(more.where)
  return partsOf(fewer.where).every((test) => tests.some((other) => textOf(other) === textOf(test) || implies(other, test)))
}

const partsOf = (filter: Filter): readonly Filter[] => (filter.is === 'and' ? filter.of : filter.is === 'true' ? [] : [filter])

const isWithin = (part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean => [...part].every((text) => whole.has(text))

/** Without those that ask for more than another one does: `a and b` beside `a`. */
function absorbed(clauses: readonly Clause[]): readonly Clause[] {
  const sets = clauses.map((clause) => new Set(textsOf(clause)))
  return clauses.filter((_, i) => !sets.some((other, j) => i !== j && isWithin(other, sets[i]!) && (other.size < sets[i]!.size || j < i)))
}

/** Whether no caller and no row can pass: something and its contrary, or two choices of one field at once. */
function contradicts(registry: Registry, model: ModelDef | undefined, clause: Clause): boolean {
  const texts = new Set(textsOf(clause))
  if (clause.caller.some((part) => texts.has(`caller ${textOf(not(part))}`)) || clause.row.some((part) => texts.has(textOf(not(part)))))
    return true
  const pinned = new Map<string, unknown>()
  const clash = (at: ModelDef | undefined, path: string, part: Filter): boolean => {
    const field = 'field' in part ? at?.fields.get(part.field) : undefined
    if (part.is === 'some' && field?.kind.name === 'ref')
      return clash(registry.models.get(field.target ?? ''), `${path}.${part.field}`, part.where)
    if (part.is !== 'compare' || part.op !== 'eq' || isMe(part.value)) return false
    if (field?.kind.name !== 'enum' && field?.kind.name !== 'boolean') return false
    const key = `${path}.${part.field}`
    if (pinned.has(key)) return pinned.get(key) !== part.value
    pinned.set(key, part.value)
    return false
  }
  return clause.caller.some((part) => clash(registry.user, 'caller', part)) || clause.row.some((part) => clash(model, 'row', part))
}
