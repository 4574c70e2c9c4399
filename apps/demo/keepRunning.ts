import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'

export interface KeptProcess {
  /** Ends the process for good: asks first, and kills after ten seconds. */
  stop(): Promise<void>
}

export interface KeepOptions {
  args: string[]
  logPath: string
  /** Told in words when the process ended by itself and when it will be started again. */
  onCrash: (words: string) => void
}

const firstWaitMs = 500
const longestWaitMs = 30_000
/** A process that ran this long has recovered: the next crash waits the shortest time again. */
const soundMs = 60_000
const patienceMs = 10_000

/**
 * Runs a Node 24 process and starts it again when it ends by itself, waiting longer each time. Its output goes to a
 * file. The channel between us tells the process when we are gone, however that happened.
 */
export function keepRunning({ args, logPath, onCrash }: KeepOptions): KeptProcess {
  const log = createWriteStream(logPath, { flags: 'a' })
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let stopping = false
  let crashes = 0

  const start = () => {
    const started = Date.now()
    // Its own process group: a Ctrl-C at the terminal reaches us alone, and we end the stations in good order.
    child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: process.platform !== 'win32' })
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    child.once('error', (fault) => log.write(`${fault.message}\n`))
    child.once('close', (code, signal) => {
      child = undefined
      if (stopping) return
      crashes = Date.now() - started > soundMs ? 1 : crashes + 1
      const wait = Math.min(firstWaitMs * 2 ** (crashes - 1), longestWaitMs)
      onCrash(`ended (${signal ?? `exit code ${String(code)}`}); starting again in ${(wait / 1000).toFixed(1)} s — see ${logPath}`)
      timer = setTimeout(start, wait)
    })
  }
  // A supervisor that dies without a word takes its processes along.
  const killAll = () => child?.kill('SIGKILL')
  process.once('exit', killAll)
  start()

  return {
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      const running = child
      if (running) {
        const closed = new Promise<void>((resolve) => running.once('close', () => resolve()))
        running.kill('SIGTERM')
        const impatient = setTimeout(() => running.kill('SIGKILL'), patienceMs)
        await closed
        clearTimeout(impatient)
      }
      process.off('exit', killAll)
      log.end()
    },
  }
}
