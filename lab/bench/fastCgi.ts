import { once } from 'node:events'
import { connect } from 'node:net'

const patienceMs = 10_000

/** One request to a FastCGI program at a Unix socket: what it writes to its output, headers taken off. */
export async function askFastCgi(path: string, environment: Record<string, string>): Promise<Buffer> {
  const socket = connect(path)
  socket.setTimeout(patienceMs, () => { socket.destroy(new Error(`no answer within ${patienceMs} ms: ${environment.QUERY_STRING}`)) })
  await once(socket, 'connect')
  const params = Buffer.concat(Object.entries(environment).map(([name, value]) => Buffer.concat([length(name), length(value), Buffer.from(name + value)])))
  socket.write(Buffer.concat([record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])), record(4, params), record(4), record(5)]))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const answer = Buffer.concat(chunks)
  const output: Buffer[] = []
  for (let at = 0; at + 8 <= answer.length;) {
    const [kind, size, padding] = [answer[at + 1], answer.readUInt16BE(at + 4), answer[at + 6]!]
    if (kind === 6) output.push(answer.subarray(at + 8, at + 8 + size))
    at += 8 + size + padding
  }
  const written = Buffer.concat(output)
  return written.subarray(written.indexOf('\r\n\r\n') + 4)
}

function record(kind: number, content: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([1, kind, 0, 1, content.length >> 8, content.length & 255, 0, 0]), content])
}

function length(text: string): Buffer {
  const size = Buffer.byteLength(text)
  if (size < 128) return Buffer.from([size])
  const long = Buffer.alloc(4)
  long.writeUInt32BE(size + 2 ** 31)
  return long
}
