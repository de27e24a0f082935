// A small load generator: keep-alive connections, one request at a time on each, answers read by their Content-Length.
import { connect, type Socket } from 'node:net'

export interface LoadOptions {
  readonly port: number
  readonly connections: number
  /** Milliseconds to run. */
  readonly time: number
  /** The bytes of the next request. */
  readonly next: () => Buffer
  /** The status every answer must have; another one ends the run with what the server said. */
  readonly status: number
}

export interface LoadResult {
  readonly perSecond: number
  /** Milliseconds. */
  readonly median: number
  readonly p99: number
  /** Bytes of one answer's body, the last seen. */
  readonly bytes: number
}

export function request(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: unknown): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body)
  const all: Record<string, string> = {
    host: '127.0.0.1',
    connection: 'keep-alive',
    ...headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  }
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n${text}`,
  )
}

/** Runs until the time is over; rejects on the first unexpected answer or broken connection. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const times: number[] = []
  const ends = performance.now() + options.time
  const start = performance.now()
  const bytes = await Promise.all(Array.from({ length: options.connections }, () => worker(options, ends, times)))
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN
  return { perSecond: times.length / seconds, median: at(0.5), p99: at(0.99), bytes: bytes[0] ?? 0 }
}

function worker({ port, next, status }: LoadOptions, ends: number, times: number[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let sent = 0
  let held: Buffer | undefined
  let length = 0
  const send = (): void => {
    if (performance.now() >= ends) {
      socket.end()
      return resolve(length)
    }
    sent = performance.now()
    socket.write(next())
  }
  socket.on('connect', send)
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('The server closed the connection.')))
  socket.on('data', (chunk) => {
    const all = held ? Buffer.concat([held, chunk]) : chunk
    const head = all.indexOf('\r\n\r\n')
    if (head < 0) {
      held = all
      return
    }
    const headers = all.toString('latin1', 0, head)
    length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0)
    if (all.length < head + 4 + length) {
      held = all
      return
    }
    held = undefined
    times.push(performance.now() - sent)
    if (Number(headers.slice(9, 12)) === status) return send()
    reject(new Error(`Expected ${status}, got:\n${all.toString().slice(0, 600)}`))
    socket.destroy()
  })
  return promise
}
