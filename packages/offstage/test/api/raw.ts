import { connect } from 'node:net'

/** Sends bytes as they are and gives back all that comes until the other side is quiet or closes. */
export async function sendRaw(port: number, bytes: string | Buffer, quiet = 300): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  await new Promise<void>((resolve, reject) => {
    let timer = setTimeout(resolve, 2_000)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(resolve, quiet)
    })
    socket.on('end', () => (clearTimeout(timer), resolve()))
    socket.on('error', (error) => (clearTimeout(timer), text === '' ? reject(error) : resolve()))
    socket.write(bytes)
  })
  socket.destroy()
  return text
}

/** The status lines in what came back. */
export const statusesIn = (text: string): number[] => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))
