import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Processes of one program in a row, each given the address of the one before: the last is started first. */
export interface Chain {
  /** Addresses, `ws://…`, of the end that hears last and of the end that is written to. */
  last: string
  first: string
  close(): Promise<void>
}

/** `hop`: a file beside this one that says `{port}` when it listens and takes the next hop's address as its argument. */
export async function openChain(hop: string, length: number): Promise<Chain> {
  const path = fileURLToPath(new URL(hop, import.meta.url))
  const hops: ChildProcess[] = []
  const urls: string[] = []
  for (let n = 0; n < length; n++) {
    const process_ = fork(path, urls.slice(-1), { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] })
    const [{ port }] = await once(process_, 'message') as [{ port: number }]
    hops.push(process_)
    urls.push(`ws://127.0.0.1:${port}`)
  }
  return {
    last: urls[0]!, first: urls.at(-1)!,
    close: async () => {
      for (const process_ of hops) {
        process_.disconnect()
        await once(process_, 'exit')
      }
    },
  }
}
