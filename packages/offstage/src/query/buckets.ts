// Time buckets with a zone. A bucket is the local time cut to the unit, as text: hour `2026-01-31T13:00`, day `2026-01-31`,
// week the Monday's date, month `2026-01`, year `2026`. The two hours that share a name when clocks go back are one bucket.

import type { BucketUnit } from './tree.ts'

export const bucketUnits: readonly BucketUnit[] = ['hour', 'day', 'week', 'month', 'year']

/** From `at` on (an instant as text; the first is before all), local time is UTC plus `seconds`. */
export interface Offset {
  readonly at: string
  readonly seconds: number
}

const second = 1_000
const day = 86_400 * second
// Offsets are looked for between these; before and after, the first and the last hold.
const earliest = Date.UTC(1900, 0, 1)
const latest = Date.UTC(2200, 0, 1)
// No zone has changed its clocks twice within so few days.
const step = 5 * day

/** The zone's canonical name, so that each zone has one table; undefined when there is no such zone. Offsets are no names. */
export function canonicalZone(zone: string): string | undefined {
  if (!/^[A-Za-z]/.test(zone)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

const tables = new Map<string, readonly Offset[]>()

/**
 * The offsets of a zone for the instants from `from` to `to`: what a store gives a statement as parameters, so that every database
 * buckets alike. The last entry whose `at` is not after an instant holds for it; the first entry holds for all before, too.
 */
export function offsetTable(zone: string, from: string, to: string): readonly Offset[] {
  const table = wholeTable(zone)
  const first = Math.max(
    0,
    table.findLastIndex((entry) => entry.at <= from),
  )
  return table.filter((entry, i) => i >= first && (i === first || entry.at <= to))
}

function wholeTable(zone: string): readonly Offset[] {
  let table = tables.get(zone)
  if (!table) tables.set(zone, (table = search(zone)))
  return table
}

function search(zone: string): readonly Offset[] {
  const offset = offsetReader(zone)
  let seconds = offset(earliest)
  const table: Offset[] = [{ at: '0001-01-01T00:00:00.000Z', seconds }]
  for (let start = earliest; start < latest; start += step) {
    const after = offset(start + step)
    if (after === seconds) continue
    // The change lies in this step: halve it until the second is found.
    let [low, high] = [start, start + step]
    while (high - low > second) {
      const middle = low + Math.floor((high - low) / (2 * second)) * second
      if (offset(middle) === seconds) low = middle
      else high = middle
    }
    table.push({ at: new Date(high).toISOString(), seconds: (seconds = after) })
  }
  return table
}

/** Seconds to add to UTC at an instant, from ICU. */
function offsetReader(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (ms) => {
    const [month, dayOfMonth, year, hour, minute, seconds] = format.format(ms).match(/\d+/g)!.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    return (Date.UTC(year, month - 1, dayOfMonth, hour, minute, seconds) - ms) / second
  }
}

/** The bucket of an instant (`2026-01-31T12:00:00.000Z`) or a date (`2026-01-31`, whose zone does not count). */
export function bucketOf(value: string, unit: BucketUnit, zone: string): string {
  if (value.length === 10) return cut(value, unit)
  return cut(localText(value, secondsAt(wholeTable(zone), value)), unit)
}

function secondsAt(table: readonly Offset[], value: string): number {
  let [low, high] = [0, table.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (table[middle]!.at <= value) low = middle
    else high = middle - 1
  }
  return table[low]!.seconds
}

function localText(value: string, seconds: number): string {
  const local = new Date(Date.parse(value) + seconds * second).toISOString()
  // Local time can leave the years 0001 to 9999 by some hours; the text then keeps to the edge, as a column could not hold more.
  return local.startsWith('+') ? '9999-12-31T23:59' : local.startsWith('-') || local.startsWith('0000') ? '0001-01-01T00:00' : local
}

function cut(local: string, unit: BucketUnit): string {
  if (unit === 'hour') return `${local.slice(0, 13)}:00`
  if (unit === 'week') return mondayOf(local.slice(0, 10))
  return local.slice(0, unit === 'day' ? 10 : unit === 'month' ? 7 : 4)
}

function mondayOf(date: string): string {
  const ms = Date.parse(`${date}T00:00:00.000Z`)
  // 1970-01-01 was a Thursday: three days after a Monday. The first Monday that can be written is that of the year 1.
  const monday = ms - ((((Math.floor(ms / day) + 3) % 7) + 7) % 7) * day
  return new Date(monday).toISOString().slice(0, 10)
}
