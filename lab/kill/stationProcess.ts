import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../apps/station/main.ts', import.meta.url))

/** One real station process of ours, to be killed and started again. Signals go to the process it spawned and to no other. */
export interface StationProcess {
  readonly address: string
  readonly url: string
  readonly starts: number
  readonly pid: number | undefined
  start(): void
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
  /** Asks it to end; resolves when it is gone. */
  stop(): Promise<void>
  /** Resolves when it answers for itself. */
  healthy(): Promise<void>
}

export function stationProcess(address: string, folder: string, port: number): StationProcess {
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let starts = 0

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.kill(signal)
    await gone
  }
  process.once('exit', () => child?.kill('SIGKILL'))

  return {
    address, url,
    get starts() { return starts },
    get pid() { return child?.pid },
    start: () => {
      starts += 1
      const log = openSync(`${folder}/station.log`, 'a')
      child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--data', folder, '--port', String(port)], {
        stdio: ['ignore', log, log], env: { ...process.env, LOG_LEVEL: 'warn' },
      })
      closeSync(log)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    healthy: async () => {
      const deadline = Date.now() + 60_000
      for (;;) {
        const health = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.json() as Promise<{ ok: boolean; station: string }>, () => null)
        if (health?.ok && health.station === address) return
        if (child && child.exitCode !== null) throw new Error(`${address} ended by itself with ${child.exitCode}; see ${folder}/station.log`)
        if (Date.now() > deadline) throw new Error(`${address} does not answer; see ${folder}/station.log`)
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
    },
  }
}
