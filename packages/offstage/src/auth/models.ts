import { createModel, type ModelNode } from '../schema/model.ts'
import { t } from '../schema/t.ts'

/**
 * What belongs to users and is not the app's business. Passkeys, identities and tokens will stand beside these: whatever
 * proves who someone is goes with the user when the user is deleted.
 */
export const authModels: Readonly<Record<'authCredentials' | 'authSessions' | 'authAttempts', ModelNode>> = {
  /** One password a user, as a PHC string. */
  authCredentials: createModel({ user: t.user().unique().onDelete('cascade'), hash: t.text().hidden() }),

  authSessions: createModel(
    {
      user: t.user().onDelete('cascade'),
      /** SHA-256 of the token: whoever reads the database cannot sign in with what is in it. */
      hash: t.text().unique().hidden(),
      lastUsedAt: t.datetime().index(),
      ip: t.text({ max: 64 }),
      userAgent: t.text({ max: 255 }),
    },
    { own: { version: false, updatedAt: false } },
  ),

  /** How often something was tried: see `throttle.ts`. */
  authAttempts: createModel(
    { key: t.text().unique(), count: t.integer({ min: 0 }), until: t.datetime().index() },
    { own: { version: false, updatedAt: false, createdAt: false } },
  ),
}
