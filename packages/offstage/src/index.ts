// What an app imports.

import { mountable } from './app/mountable.ts'
import { declareApp, type AppParts, type DefineApp } from './schema/app.ts'

export { OffstageError } from './base/errors.ts'
export { decimal } from './base/decimal.ts'
export { dataSteps } from './migrate/define-data.ts'
export { defineModels } from './schema/app.ts'
export { problem } from './schema/endpoint.ts'
export { kit, model } from './schema/kit.ts'
export { slugOf } from './schema/fields/slug.ts'
export { t } from './schema/t.ts'
export type { DataContext, DataStep, DataSteps } from './migrate/define-data.ts'
export type { App, LoginOptions, SeedContext } from './schema/app.ts'
export type { Allow, StandardSchema } from './schema/endpoint.ts'
export type { ProblemView } from './schema/group.ts'
export type { MeIs } from './schema/me.ts'
export type { Page } from './schema/queries.ts'
export type { RowOf, InsertOf, PatchOf } from './schema/rows.ts'
export type { Db, Sys } from './schema/tables.ts'

/** Puts an app together out of its models, endpoints and settings. `offstage dev` and `offstage start` run what a module exports. */
export const defineApp: DefineApp = ((parts: AppParts<any, any, any, any>) => mountable(declareApp(parts))) as unknown as DefineApp
