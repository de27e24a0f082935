// The one place that ties the shop's types together. `import type` leaves no import at run time, so models and kit never form a circle.
import { kit } from 'offstage'
import type * as models from './models/index.ts'

export interface Shop {
  models: typeof models
  user: 'users'
}

export const { me, t, model, endpoint, group } = kit<Shop>()

/** Whoever works here. */
export const staff = me.is({ role: 'staff' })
