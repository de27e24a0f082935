// How the shop and the payment provider know each other: an HMAC over the time and the raw body, as real providers do it.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** A signed call older (or further ahead) than this is refused, so that a recorded one cannot be played back later. */
const toleranceSeconds = 300

const mac = (secret: string, time: string, body: Uint8Array): Buffer =>
  createHmac('sha256', secret).update(`${time}.`).update(body).digest()

/** The value of the `Payment-Signature` header. */
export function sign(body: Uint8Array, secret: string, now = new Date()): string {
  const time = String(Math.floor(now.getTime() / 1000))
  return `t=${time},v1=${mac(secret, time, body).toString('hex')}`
}

export function verify(body: Uint8Array, header: string | null, secret: string, now = new Date()): boolean {
  const [, time, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? []
  if (!time || !hex) return false
  if (Math.abs(now.getTime() / 1000 - Number(time)) > toleranceSeconds) return false
  return timingSafeEqual(mac(secret, time, body), Buffer.from(hex, 'hex'))
}
