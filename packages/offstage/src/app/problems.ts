// All problems of a declaration travel in one error: shown together, fixed together.

import { OffstageError } from '../base/errors.ts'
import { authModels } from '../auth/models.ts'
import { checkRules } from '../query/check.ts'
import { check } from '../schema/check.ts'
import type { AppDeclaration } from '../schema/app.ts'
import type { DeclarationProblem, Registry } from '../schema/registry.ts'
import { resolve } from '../schema/resolve.ts'
import { unlistedModels } from './unlisted.ts'

class DeclarationError extends OffstageError {
  readonly problems: readonly DeclarationProblem[]
  constructor(problems: readonly DeclarationProblem[]) {
    const sorted = errorsFirst(problems)
    const lines = sorted.map(
      ({ level, id, place, message, hint }) =>
        `\n  ${level === 'warning' ? 'warning ' : ''}${id} ${place === undefined ? '' : `${place}: `}${message}\n       ${hint}`,
    )
    super('declaration', { detail: `The declaration of the app has ${countProblems(problems)}:${lines.join('')}` })
    this.problems = sorted
  }
}

const errorsFirst = (problems: readonly DeclarationProblem[]): readonly DeclarationProblem[] =>
  problems.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))

/** `2 errors and 1 warning` */
export function countProblems(problems: readonly DeclarationProblem[]): string {
  const of = (level: DeclarationProblem['level']): string => {
    const many = problems.filter((problem) => problem.level === level).length
    return many === 0 ? '' : `${many} ${level}${many === 1 ? '' : 's'}`
  }
  return [of('error'), of('warning')].filter(Boolean).join(' and ')
}

/** Throws one `declaration` error that lists everything, if there is any error among the problems. */
export function refuseProblems(problems: readonly DeclarationProblem[]): void {
  if (problems.some((problem) => problem.level === 'error')) throw new DeclarationError(problems)
}

export function problemsOf(error: unknown): readonly DeclarationProblem[] | undefined {
  return error instanceof DeclarationError ? error.problems : undefined
}

/** The declaration with Offstage's own models beside it. */
export function registryOf(app: AppDeclaration): Registry {
  return resolve(app, { system: app.login?.password && app.user !== undefined ? authModels : {} })
}

/** Everything wrong with the declaration, at once. */
export function problemsIn(app: AppDeclaration, registry: Registry): readonly DeclarationProblem[] {
  return [...check(app, registry), ...checkRules(registry, app), ...unlistedModels(registry)]
}
