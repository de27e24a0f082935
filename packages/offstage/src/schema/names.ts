// Every name that cannot be used, and why there can be no exception: it already means something in the same place.

/** What a model, field or endpoint may be called: it stands in URLs, JSON, TypeScript and filters alike. */
export const namePattern: RegExp = /^[a-z][A-Za-z0-9]{0,39}$/

const ofObjects = [
  'constructor',
  'prototype',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
  'toJSON',
  'then',
]

/**
 * Names that no field may have, with what each means already: under a reference stand operators of its id and fields of its row. The
 * parameters of a URL (`limit`, `sort`, ...) are free: a bare one is the parameter, `limit.eq` the field.
 */
export const reservedFields: ReadonlyMap<string, string> = new Map([
  ...['and', 'or', 'not', 'all'].map((name) => [name, 'a word of filters'] as const),
  ...['eq', 'in', 'notIn', 'null', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith', 'some', 'none', 'every'].map(
    (name) => [name, 'an operator of filters'] as const,
  ),
  ...['is', 'me'].map((name) => [name, 'a word of rules'] as const),
  ...ofObjects.map((name) => [name, 'a name that every JavaScript object has'] as const),
])

/** Names that no model may have. */
export const reservedModels: ReadonlyMap<string, string> = new Map([
  ...['system', 'as', 'transaction', 'sql', 'on'].map((name) => [name, 'a property of `db`'] as const),
  ...['auth', 'batch', 'call', 'live', 'files', 'jobs'].map((name) => [name, 'a word of routes'] as const),
  ...['fetch', 'options', 'health', 'request'].map((name) => [name, 'a property of the client'] as const),
  ...ofObjects.map((name) => [name, 'a name that every JavaScript object has'] as const),
])

/** Names that no endpoint may have. */
export const reservedEndpoints: ReadonlyMap<string, string> = new Map(
  ofObjects.map((name) => [name, 'a name that every JavaScript object has'] as const),
)
