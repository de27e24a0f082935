// Ties the app's types together, once.
import { kit, t as types } from 'offstage'
import type * as models from './models.ts'

export const env = {
  JWT_SECRET: types.text({ min: 32 }), // signs the tokens; `.env` has one for development
}

export interface Conduit {
  models: typeof models
  user: 'users'
  env: typeof env
}

export const { me, t, model, endpoint, group } = kit<Conduit>()
