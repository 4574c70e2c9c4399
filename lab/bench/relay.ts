import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

/** Three processes of {@link file://./relayHop.ts} in a row: the least that three durable hops can cost on this machine. */
export interface Relay {
  /** Milliseconds from the first hop's commit of a message to the last hop's, both as seen from here. */
  deliver(text: string): Promise<number>
  close(): Promise<void>
}

const hop = fileURLToPath(new URL('relayHop.ts', import.meta.url))

export async function openRelay(): Promise<Relay> {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-relay-'))
  const hops: ChildProcess[] = []
  const urls: string[] = []
  for (const name of ['last', 'middle', 'first']) {
    const process_ = fork(hop, [join(folder, `${name}.db`), ...urls.slice(-1)], { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] })
    const [{ port }] = await once(process_, 'message') as [{ port: number }]
    hops.push(process_)
    urls.push(`ws://127.0.0.1:${port}`)
  }
  const [last = '', , first = ''] = urls
  const into = await opened(`${first}/`)
  const nearWatch = await opened(`${first}/watch`)
  const farWatch = await opened(`${last}/watch`)
  return {
    deliver: async (text) => {
      const near = once(nearWatch, 'message').then(() => performance.now())
      const far = once(farWatch, 'message').then(() => performance.now())
      into.send(text)
      return (await far) - (await near)
    },
    close: async () => {
      for (const socket of [into, nearWatch, farWatch]) socket.terminate()
      for (const process_ of hops) {
        process_.disconnect()
        await once(process_, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  return socket
}
