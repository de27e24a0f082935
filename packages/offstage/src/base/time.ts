// Instants and dates as text. An instant always has milliseconds and `Z`, so that text order is time order.

const instant = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)$/
const date = /^(\d{4})-(\d\d)-(\d\d)$/

const earliest = Date.parse('0001-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const realDay = (year: number, month: number, day: number): boolean =>
  year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)

/** Milliseconds since 1970 to text; undefined outside of the years 0001 to 9999. */
export function instantText(ms: number): string | undefined {
  return ms >= earliest && ms <= latest ? new Date(ms).toISOString() : undefined
}

/**
 * ISO 8601 with `Z` or an offset, to the one form kept: `2026-01-31T12:00:00.000Z`. Digits after the milliseconds are cut.
 * Undefined when it is not an instant: no offset, no such day, an hour of 24, a second of 60, a year outside 0001 to 9999.
 */
export function readInstant(text: string): string | undefined {
  const match = instant.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match
  if (!realDay(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (zone !== 'Z' && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59)) return undefined
  return instantText(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`))
}

/** Whether the text is a day of the calendar in the form `2026-01-31`. */
export function isDate(text: string): boolean {
  const match = date.exec(text)
  return match !== null && realDay(Number(match[1]), Number(match[2]), Number(match[3]))
}
