// What people write, said once: the models keep it, the endpoints take it.
import { t } from './kit.ts'

// A name is part of an address, where some characters cannot be.
const username = t.text({ min: 1, max: 80, match: /^(?!\.\.?$)[^/\\\p{Cc}]+$/u }).unique()
export const account = { username, email: t.email().unique() }
export const about = { bio: t.text({ max: 10_000 }).optional(), image: t.text({ max: 2_000 }).optional() }
export const story = { title: t.text({ min: 1, max: 200 }), description: t.text({ min: 1, max: 1_000 }), body: t.text({ min: 1 }) }
export const remark = { body: t.text({ min: 1, max: 10_000 }) }
export const word = t.text({ min: 1, max: 80 })

/** Frontends send back all that they were given of an article or a user: what is not theirs to write is left out, not refused. */
export const lenient = { others: 'drop' } as const
