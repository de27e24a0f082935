import { didYouMean } from '../base/nearest.ts'
import type { OptionNames } from '../base/options.ts'
import { passwordLengths, type AppDeclaration, type LoginOptions, type TryLimits } from './app.ts'
import type { Report } from './report.ts'
import type { Registry } from './registry.ts'

/** The user model, and how its users sign in. */
export function checkUser(report: Report, app: AppDeclaration, registry: Registry): void {
  const place = app.place.toString()
  const { user } = registry
  if (app.user !== undefined && !user) {
    report({
      id: 'O050',
      place,
      message: `The user model is to be '${app.user}', and there is no such model.`,
      hint: didYouMean(app.user, Object.keys(app.models), 'Name one of'),
    })
    return
  }
  if (app.login === undefined) return
  if (!user) {
    report({
      id: 'O051',
      place,
      message: 'The app has a login and no user model.',
      hint: "Add a model `users`, or name yours: defineApp({ user: 'people', ... }).",
    })
    return
  }
  const logins = user.columns.filter((field) => field.kind.name === 'email' && field.unique && !field.optional)
  if (logins.length === 0) {
    report({ id: 'O052', place: user.place, message: `${user.name} has no field to sign in with.`, hint: 'Add email: t.email().unique().' })
  } else if (logins.length > 1) {
    report({
      id: 'O053',
      place: user.place,
      message: `${user.name} has several fields to sign in with: ${logins.map((field) => field.name).join(', ')}.`,
      hint: 'Only one email field may be unique and required.',
    })
  }
  checkLogin(report, app.login, place)
  for (const name of ['password', 'as']) {
    const field = user.fields.get(name)
    if (field)
      report({
        id: 'O054',
        place: field.place,
        message: `${user.name}.${name} has a name that signing up uses itself.`,
        hint: 'Rename it. Passwords need no field: login: { password: true } keeps them apart from the rows.',
      })
  }
}

function checkLogin(report: Report, { password, limits }: LoginOptions, place: string): void {
  const { min = passwordLengths.least } = typeof password === 'object' ? password : {}
  if (!Number.isInteger(min) || min < passwordLengths.least || min > passwordLengths.most)
    report({
      id: 'O055',
      place,
      message: `login.password.min is ${String(min)}.`,
      hint: `Write a whole number from ${passwordLengths.least} to ${passwordLengths.most}: the characters that a password needs.`,
    })
  const counts = (value: unknown, most: number): boolean => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
  for (const [name, limit] of Object.entries(limits ?? {})) {
    if (!counted.has(name) || !counts(limit?.times, 1_000_000) || !counts(limit.seconds, 86_400))
      report({
        id: 'O056',
        place,
        message: `login.limits.${name} is ${JSON.stringify(limit)}.`,
        hint: `${counted.has(name) ? '' : `${didYouMean(name, counted, 'The limits are')} `}Write { times: 10, seconds: 900 } for ${[...counted].join(', ')}: at most 1,000,000 times within at most 86,400 seconds.`,
      })
  }
}
const limitNames: OptionNames<TryLimits> = { account: true, address: true, signUp: true }
const counted: ReadonlySet<string> = new Set(Object.keys(limitNames))
