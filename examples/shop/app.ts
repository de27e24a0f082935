import { defineApp } from 'offstage'
import * as endpoints from './endpoints/index.ts'
import { env } from './env.ts'
import * as models from './models/index.ts'
import { seedShop } from './seed/index.ts'

export const shop = defineApp({
  title: 'Hearth & Field',
  models,
  endpoints,
  env,
  user: 'users',
  login: { password: true },
  docs: 'everyone',
  static: './public',
  seed: ({ sys, random, progress }) => seedShop(sys, random, progress),
})
