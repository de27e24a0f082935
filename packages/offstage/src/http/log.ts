import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino'

export interface LogOptions {
  /** `trace debug info warn error fatal silent`. Default `info`. */
  readonly level?: string
  /** Values that must never appear in a line, whatever it tells. */
  readonly secrets?: readonly string[]
  /** Where lines go. Default: standard output, within a fifth of a second. */
  readonly write?: (line: string) => void
}

export interface Log extends Logger {
  /** For the one line of each request: what it holds is known, so nothing is searched for secrets by name. */
  readonly requests: Logger
}

const masked = ['authorization', 'cookie', 'password', 'token', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
  `*["set-${name}"]`,
])

/** The log: one line of JSON an event, whatever is in it. */
export function openLog(options: LogOptions = {}): Log {
  const secrets = options.secrets?.filter((secret) => secret.length >= 8) ?? []
  const target: DestinationStream = options.write ? { write: options.write } : standardOutput()
  const onto = (to: DestinationStream): DestinationStream =>
    secrets.length === 0 ? to : { write: (line) => to.write(hide(line, secrets)) }
  const form = {
    level: options.level ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: tell },
  }
  const plain: DestinationStream = { write: (line) => target.write(line.replace(obeyed, escaped)) }
  return Object.assign(pino({ ...form, redact: { paths: masked, censor: '[hidden]' } }, onto(plain)), {
    requests: pino(form, onto(target)),
  })
}

/** JSON lets these stand as they are, and a terminal that shows the log would do what they say. */
const obeyed = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Characters of each text of an error. What a caller sent gets into messages, from there into stacks, and shall not fill the disk. */
const longestText = 8_000

const clipped = (value: unknown): unknown =>
  typeof value === 'string' && value.length > longestText
    ? `${value.slice(0, longestText).toWellFormed()}… (${value.length} characters)`
    : value

/** An error may be frozen, or throw when it is looked at: that must not keep the rest from being told. */
function tell(error: unknown): unknown {
  const told = lookAt(error)
  if (typeof told !== 'object' || told === null) return clipped(told)
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, clipped(value)]))
}

function lookAt(error: unknown): unknown {
  try {
    return stdSerializers.err(error as Error)
  } catch {
    const name = Object.prototype.toString.call(error)
    try {
      const { message, stack } = error as Error
      return { type: name, message: String(message), stack: String(stack) }
    } catch {
      return { type: name }
    }
  }
}

let output: DestinationStream | undefined

/** Lines are gathered for a moment: a write of its own for each would cost more than answering the request. One for all apps of a process. */
function standardOutput(): DestinationStream {
  if (output !== undefined) return output
  const made = pino.destination({ dest: 1, sync: false, minLength: 8_192, periodicFlush: 200 })
  process.once('exit', () => made.flushSync())
  return (output = made)
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
