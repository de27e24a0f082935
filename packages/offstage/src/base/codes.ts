/**
 * Every code that an error of Offstage can carry, with its HTTP status and title. Codes are part of the public contract:
 * each has a section in `docs/errors.md`, and a retired code is never used again.
 */
export const codes = {
  // The request
  malformed: { status: 400, title: 'The request could not be read' },
  unknown_field: { status: 400, title: 'There is no such field' },
  unknown_parameter: { status: 400, title: 'There is no such parameter' },
  unsupported_header: { status: 400, title: 'The header asks for what is not done here' },
  invalid_filter: { status: 400, title: 'The filter is not valid' },
  invalid_cursor: { status: 400, title: 'The cursor is not valid here' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_credentials: { status: 401, title: 'Email or password is wrong' },
  forbidden: { status: 403, title: 'This is not allowed' },
  origin_refused: { status: 403, title: 'The origin of the request is not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'A value that must be unique is taken' },
  still_referenced: { status: 409, title: 'Other rows still refer to this one' },
  version_conflict: { status: 412, title: 'The row has changed since it was read' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  invalid_values: { status: 422, title: 'Some values are not valid' },
  too_many_rows: { status: 422, title: 'The answer would hold too many rows' },
  too_many_requests: { status: 429, title: 'Too many attempts; wait a little' },
  client_gone: { status: 499, title: 'The client did not wait for the answer' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service is busy; try again' },
  timeout: { status: 503, title: 'This took too long' },
  // The declaration and the developer's own code
  declaration: { status: 500, title: 'The declaration of the app has problems' },
  configuration: { status: 500, title: 'The configuration is not valid' },
  invalid_call: { status: 500, title: 'The call is not valid' },
  hook_depth: { status: 500, title: 'Hooks triggered each other too deeply' },
  outer_write: { status: 500, title: 'A write went past the transaction it stands in' },
  tables_differ: { status: 500, title: 'The tables do not fit the models' },
  move_refused: { status: 500, title: 'The app cannot be moved to this database' },
  move_differs: { status: 500, title: 'What arrived is not what left' },
  data_loss: { status: 500, title: 'The change to the tables could lose data' },
  migration_failed: { status: 500, title: 'A migration could not go on' },
  invalid_migration: { status: 500, title: 'A migration cannot be used as it is' },
  database_in_use: { status: 500, title: 'Another process uses this database file' },
} as const

/** A code of Offstage's own. Codes that an endpoint declares under `problems` are plain strings beside these. */
export type Code = keyof typeof codes
