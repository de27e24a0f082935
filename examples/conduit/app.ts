import { defineApp } from 'offstage'
import { conduit } from './face.ts'
import { env } from './kit.ts'
import * as models from './models.ts'
import { seed } from './seed.ts'

export const app = defineApp({
  title: 'Conduit',
  models,
  endpoints: { conduit },
  env,
  api: [], // the face is all there is: models have no routes of their own
  login: {
    password: { common: true }, // the users of the published suite have `password123`
    limits: { signUp: { times: 1_000, seconds: 3_600 } }, // and it makes twenty of them each time
    routes: false,
  },
  docs: 'everyone',
  seed,
})
