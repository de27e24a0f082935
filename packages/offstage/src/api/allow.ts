import { OffstageError } from '../base/errors.ts'
import type { Data } from '../data/data.ts'
import { and, equal } from '../query/build.ts'
import type { Principal } from '../query/principal.ts'
import { bind, compileRule } from '../query/rules.ts'
import type { RuleDeclaration } from '../schema/registry.ts'

/** Throws unless the rule, which is about the caller alone, lets this caller through. `what` is what the caller tried: `call checkout`. */
export type Gate = (principal: Principal) => Promise<void>

export function openGate(data: Data, rule: RuleDeclaration, what: string, place?: string): Gate {
  const { registry, store } = data
  const template = compileRule(registry, undefined, rule)
  return async (principal) => {
    const bound = bind(template, principal, registry)
    if (bound.is === 'true') return
    // What the caller's own columns do not decide, the database does.
    if (bound.is !== 'false' && principal.kind === 'user') {
      const user = registry.user!
      if ((await store.count(user.name, and([equal(user.columns[0]!.name, principal.id), bound]))) > 0) return
    }
    const stranger = principal.kind === 'anonymous'
    throw new OffstageError(stranger ? 'unauthenticated' : 'forbidden', {
      detail: stranger ? `Sign in to ${what}.` : `You may not ${what}.`,
      hint: 'The `allow` rule is false for this caller.',
      place,
    })
  }
}
