// Users and their passwords, as endpoints of the app's own work with them. Types only.

import type { Insert, Row, UserFields } from './rows.ts'
import type { Db } from './tables.ts'

/**
 * What `auth` is: sign-up, sign-in and change of password without Offstage's own routes and sessions, for an API whose shape is given from
 * outside. Needs `login: { password: true }` of the app, and a method that may write. Each is a transaction of its own.
 */
export interface Accounts<A> {
  /**
   * Makes a user with this password. As at `/api/auth/sign-up`: the same values are taken, and the tries of the caller's address counted.
   * No session is opened. Throws `invalid_values` (for the password too), `conflict`, `forbidden`, `too_many_requests`.
   */
  signUp(values: Insert<A, UserFields<A>, 'caller'>, password: string): Promise<Row<UserFields<A>>>
  /**
   * The user with this login and password. Tries are counted by account and by the caller's address, and an unknown account takes as long
   * as a wrong password. No session is opened. Throws `invalid_credentials`, `too_many_requests`.
   */
  verify(login: string, password: string): Promise<Row<UserFields<A>>>
  /**
   * Gives the user, by id, a new password and ends the user's other sessions. Whether the caller may do that is yours to say. `also` runs in
   * the same transaction, with the tables as the caller, and may run again: nothing is changed if either fails. Throws `invalid_values` with
   * the path `password`, `not_found` for a user who is gone.
   */
  setPassword(user: string, password: string): Promise<void>
  setPassword<T>(user: string, password: string, also: (db: Db<A>) => Promise<T>): Promise<T>
}
