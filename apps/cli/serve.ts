import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readStationConfig } from '#apps/station/config.ts'

/** `fengsui serve`: runs the station of a data folder in the foreground, until a signal ends it. Resolves to its exit code. */
export async function serve(data: string, options: { port?: string; host?: string }): Promise<number> {
  await readStationConfig(data)
  const main = fileURLToPath(new URL('../station/main.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', main, '--data', data]
  if (options.port) args.push('--port', options.port)
  if (options.host) args.push('--host', options.host)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}
