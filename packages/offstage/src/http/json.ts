// The body of a request, as JSON.

import { isUtf8 } from 'node:buffer'
import { OffstageError } from '../base/errors.ts'
import { strictJson } from '../base/strict-json.ts'

const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i

/** The value of a JSON body; undefined for an empty one. */
export function readJsonBody(type: string | undefined, bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined
  if (type === undefined || !jsonType.test(type)) {
    throw new OffstageError('unsupported_media_type', {
      detail: `The body must be sent as \`content-type: application/json\`, in UTF-8; ${type === undefined ? 'no type was sent' : 'another type was sent'}.`,
    })
  }
  if (!isUtf8(bytes)) throw new OffstageError('malformed', { detail: 'The body is not valid UTF-8.' })
  return strictJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}
