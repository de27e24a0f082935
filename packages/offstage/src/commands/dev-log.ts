// The log of `offstage dev`: a short line a request instead of JSON. `LOG_LEVEL` still says how much.

import { harmless, paint, streams } from './terminal.ts'

export function developmentLog(secrets: readonly string[]): (line: string) => void {
  return (line) => {
    let safe = line
    for (const secret of secrets) safe = safe.replaceAll(secret, '[hidden]')
    streams().stdout.write(harmless(format(safe)))
  }
}

function format(line: string): string {
  let entry: Record<string, any>
  try {
    entry = JSON.parse(line)
  } catch {
    return line
  }
  const { level, time, msg, method, path, status, ms, err, place, ...others } = entry
  const rest = place === undefined || err?.place ? others : { ...others, place }
  const clock = paint('dim', String(time ?? '').slice(11, 19))
  if (method !== undefined && status !== undefined && err === undefined) {
    const colour = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green'
    return `${clock} ${String(method).padEnd(6)} ${path} ${paint(colour, String(status))} ${paint('dim', ms === undefined ? '' : `${ms} ms`)}\n`
  }
  const extra = Object.keys(rest).length === 0 ? '' : paint('dim', ` ${JSON.stringify(rest)}`)
  // Of what the app has to mend the line is known: the way through Offstage's own files would hide it.
  const trouble = err === undefined ? '' : err.place ? `\n  ${err.message}\n  at ${err.place}` : `\n${err.stack ?? JSON.stringify(err)}`
  return `${clock} ${paint(level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'dim', String(level))} ${msg ?? ''}${extra}${trouble}\n`
}
