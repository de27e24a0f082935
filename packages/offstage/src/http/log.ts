import { pino, type DestinationStream, type Logger } from 'pino'

export interface LogOptions {
  /** `trace debug info warn error fatal silent`. Default `info`. */
  readonly level?: string
  /** Values that must never appear in a line, whatever it tells. */
  readonly secrets?: readonly string[]
  /** Where lines go. Default: standard output. */
  readonly write?: (line: string) => void
}

export type Log = Logger

const masked = ['authorization', 'cookie', 'password', 'token', 'secret'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["set-${name}"]`])

/** The log: one line of JSON an event, whatever is in it. */
export function openLog(options: LogOptions = {}): Log {
  const secrets = options.secrets?.filter((secret) => secret.length >= 8) ?? []
  const target: DestinationStream = options.write ? { write: options.write } : pino.destination({ dest: 1, sync: false, minLength: 0 })
  const stream: DestinationStream = secrets.length === 0 ? target : { write: (line) => target.write(hide(line, secrets)) }
  return pino(
    {
      level: options.level ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: masked, censor: '[hidden]' },
    },
    stream,
  )
}

function hide(line: string, secrets: readonly string[]): string {
  let safe = line
  for (const secret of secrets) {
    // As it stands inside a line of JSON.
    const quoted = JSON.stringify(secret).slice(1, -1)
    if (safe.includes(quoted)) safe = safe.replaceAll(quoted, '[hidden]')
  }
  return safe
}
