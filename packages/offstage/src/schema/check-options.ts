// Options that nothing would read, and words that are none of an option's: both would be passed over in silence where they are used.

import { optionProblems, type OptionNames, type OptionProblem } from '../base/options.ts'
import { didYouMean } from '../base/nearest.ts'
import type { AppDeclaration, AppParts, LoginOptions, PasswordOptions, TryLimit } from './app.ts'
import type { Report } from './report.ts'
import type { EndpointSpec } from './endpoint.ts'
import { FieldNode, type FieldInfo } from './field.ts'
import type { GroupOptions, TokenScheme } from './group.ts'
import type { ModelNode, ModelOptions, OwnOptions } from './model.ts'
import type { ShapeInfo } from './shape.ts'

const appNames: OptionNames<AppParts<any, any, any, any>> = {
  models: true,
  endpoints: true,
  user: true,
  login: true,
  api: true,
  admin: true,
  docs: true,
  seed: true,
  env: true,
  static: true,
  mount: true,
  title: true,
}
const loginNames: OptionNames<LoginOptions> = { password: true, signUp: true, routes: true, limits: true }
const passwordNames: OptionNames<PasswordOptions> = { min: true, common: true }
const limitNames: OptionNames<TryLimit> = { times: true, seconds: true }
const staticNames: OptionNames<Exclude<NonNullable<AppParts<any, any, any, any>['static']>, string>> = {
  folder: true,
  fallback: true,
  csp: true,
}
const modelNames: OptionNames<ModelOptions> = {
  table: true,
  renamedFrom: true,
  adopted: true,
  unique: true,
  index: true,
  api: true,
  label: true,
  own: true,
}
const ownNames: OptionNames<OwnOptions> = { id: true, createdAt: true, updatedAt: true, version: true }
const endpointNames: OptionNames<EndpointSpec<any, any, any, any, any, any, any, any, any, any>> = {
  allow: true,
  authenticate: true,
  method: true,
  path: true,
  params: true,
  query: true,
  input: true,
  body: true,
  status: true,
  problems: true,
  output: true,
  description: true,
  run: true,
}
const groupNames: OptionNames<GroupOptions> = { prefix: true, authenticate: true, problem: true, problemOutput: true, cors: true }
const schemeNames: OptionNames<TokenScheme<any>> = { scheme: true, user: true }

type Told = (problems: readonly OptionProblem[] | undefined) => void

const tell =
  (report: Report, place: string | undefined, before = ''): Told =>
  (problems = []) => {
    for (const { message, hint } of problems) report({ id: 'O090', place, message: before + message, hint })
  }

interface Choice {
  readonly report: Report
  readonly place: string | undefined
}

/** Undefined is the default. `words` as they are written in code. */
function checkChoice({ report, place }: Choice, what: string, value: unknown, words: readonly unknown[]): void {
  if (value === undefined || words.includes(value)) return
  const written = words.map((word) => (typeof word === 'string' ? `'${word}'` : String(word)))
  const hint = typeof value === 'string' ? didYouMean(value, words.map(String), 'Choose from') : `Choose from ${written.join(', ')}.`
  report({ id: 'O091', place, message: `${what} is ${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}.`, hint })
}

export function checkAppOptions(report: Report, { given, login, place: at, env }: AppDeclaration): void {
  const place = at.toString()
  const told = tell(report, place)
  told(optionProblems('defineApp', given, appNames))
  told(optionProblems('login of defineApp', login, loginNames))
  const { password, limits, signUp, routes } = login ?? {}
  checkChoice({ report, place }, 'login.signUp of defineApp', signUp, ['everyone', 'nobody'])
  checkChoice({ report, place }, 'login.routes of defineApp', routes, [true, false])
  if (typeof password !== 'boolean') told(optionProblems('login.password of defineApp', password, passwordNames))
  for (const [name, limit] of Object.entries(limits ?? {}))
    if (typeof limit === 'object' && limit !== null) told(optionProblems(`login.limits.${name} of defineApp`, limit, limitNames))
  const { static: files } = given as { static?: unknown }
  if (typeof files !== 'string') told(optionProblems('static of defineApp', files, staticNames))
  for (const [name, field] of Object.entries(env)) {
    if ((field as unknown) instanceof FieldNode) checkFieldOptions(report, `env.${name}`, field.info)
    else
      report({
        id: 'O006',
        place,
        message: `env.${name} of defineApp is not a field.`,
        hint: `Write ${name}: t.text(), or another of t's fields; .optional() or .default(...) where it may be missing.`,
      })
  }
}

export function checkModelOptions(report: Report, name: string, { options }: Pick<ModelNode, 'options'>, place: string): void {
  const told = tell(report, place)
  told(optionProblems(`model ${name}`, options, modelNames))
  told(optionProblems(`own of model ${name}`, options?.own, ownNames))
  checkChoice({ report, place }, `adopted of model ${name}`, options?.adopted, [true, false])
  const id = options?.own?.id as unknown
  if (id instanceof FieldNode) checkFieldOptions(report, `own.id of model ${name}`, id.info)
  else if (id !== undefined)
    report({
      id: 'O006',
      place,
      message: `own.id of model ${name} is not a field.`,
      hint: 'Write own: { id: t.serial() } or own: { id: t.key() }.',
    })
}

export function checkEndpointOptions(
  report: Report,
  name: string,
  spec: EndpointSpec<any, any, any, any, any, any, any, any, any, any>,
  place: string,
): void {
  tell(report, place)(optionProblems(`endpoint ${name}`, spec, endpointNames))
  checkChoice({ report, place }, `body of endpoint ${name}`, spec.body, ['json', 'raw'])
  checkChoice({ report, place }, `authenticate of endpoint ${name}`, spec.authenticate, [false])
}

export function checkGroupOptions(report: Report, name: string, options: GroupOptions, place: string): void {
  const told = tell(report, place)
  told(optionProblems(`group ${name}`, options, groupNames))
  const { authenticate } = options
  if (typeof authenticate === 'object' && authenticate !== null)
    told(optionProblems(`authenticate of group ${name}`, authenticate, schemeNames))
}

/** Of models, of endpoints and of the environment. `what` is the field: `notes.text`. */
export function checkFieldOptions(report: Report, what: string, info: FieldInfo, place: string = info.place.toString()): void {
  tell(report, place, `${what}: `)(info.problems)
  checkChoice({ report, place }, `${what}.onDelete`, info.onDelete, ['restrict', 'cascade', 'clear'])
}

export function checkShapeOptions(report: Report, what: string, shape: ShapeInfo, place: string): void {
  tell(report, place, `${what}: `)(shape.problems)
  if ('others' in shape) checkChoice({ report, place }, `others of ${what}`, shape.others, ['refuse', 'drop'])
}
