import { flushCompileCache } from 'node:module'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { readStationConfig } from './config.ts'
import { openStation, type RunningStation } from './openStation.ts'
import { startFault } from './startFaults.ts'

/** `node apps/station/main.ts --data DIR [--port N] [--host H]`: runs one station until it is told to stop. */
const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' } } })
if (!values.data) {
  console.error('用法 usage: node apps/station/main.ts --data DIR [--port N] [--host 127.0.0.1]')
  process.exit(2)
}

const logger = pino({ level: process.env.LOG_LEVEL ?? 'info', redact: ['req.headers.authorization', 'req.headers.cookie', 'password', 'token'] })
const longestCloseMs = 10_000
let running: RunningStation | undefined
let closing = false
function stop(code: number): void {
  if (closing) return
  closing = true
  if (!running) process.exit(code)
  // A database server that is gone or locked may keep a close waiting; what is not committed by then is rolled back.
  setTimeout(() => process.exit(code), longestCloseMs).unref()
  running.close().then(() => process.exit(code), (fault: unknown) => {
    logger.error({ err: fault }, 'could not close cleanly')
    process.exit(1)
  })
}

try {
  const stored = await readStationConfig(values.data)
  const config = { ...stored, ...(values.port ? { port: Number(values.port) } : {}), ...(values.host ? { host: values.host } : {}) }
  running = await openStation({ folder: values.data, config, logger, onLockLost: () => stop(1) })
  logger.info({ station: config.address, url: running.url, mode: config.mode }, 'ready')
  // Now, not at the end: a station may end by a power cut.
  flushCompileCache()
  // On the terminal, not in the log: the link is a secret that is shown once.
  if (running.setupToken) console.log(`首次设置 · first set-up: ${running.url}/setup?token=${running.setupToken}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0))
  // A supervisor that dies without a word leaves no station behind that nobody watches.
  if (process.connected) process.once('disconnect', () => stop(0))
} catch (fault) {
  console.error(startFault(fault, values.data))
  process.exit(1)
}
