import { connect } from 'node:net'

/** Sends bytes as they are and gives back all that comes until the other side closes. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(60_000, () => reject(new Error(`The connection is not closed; so far there came: ${text}`)))
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('end', resolve)
    socket.on('error', (error) => (text === '' ? reject(error) : resolve()))
    socket.write(bytes)
  })
  socket.destroy()
  return text
}

/** The status lines in what came back. */
export const statusesIn = (text: string): number[] => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))
