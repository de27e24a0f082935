// The one place that ties the shop's types together. `import type` leaves no import at run time, so models and kit never form a circle.
import { kit } from 'offstage'
import type { Sys as SysOf } from 'offstage'
import type { env } from './env.ts'
import type * as models from './models/index.ts'

export interface Shop {
  models: typeof models
  user: 'users'
  env: typeof env
}

/** The tables without rules, as the seed gets them. */
export type Sys = SysOf<Shop>

export const { me, t, model, endpoint, group } = kit<Shop>()

/** Whoever works here. */
export const staff = me.is({ role: 'staff' })
