import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { keepRunning, type KeptProcess } from './keepRunning.ts'

const folder = mkdtempSync(join(tmpdir(), 'fengsui-keep-'))
let kept: KeptProcess | undefined
afterEach(async () => {
  await kept?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function until(met: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!met()) return
      clearInterval(timer)
      resolve()
    }, 10)
  })
}

test('a process that crashes is started again, later each time, and stops when told', async () => {
  const runs = join(folder, 'runs')
  const script = join(folder, 'crashing.mjs')
  writeFileSync(runs, '')
  // Crashes twice; the third run stays until it is asked to end, and says so.
  writeFileSync(script, `
    import { appendFileSync, readFileSync } from 'node:fs'
    appendFileSync(${JSON.stringify(runs)}, 'run\\n')
    if (readFileSync(${JSON.stringify(runs)}, 'utf8').split('\\n').length <= 3) { console.log('crash'); process.exit(7) }
    process.on('SIGTERM', () => { appendFileSync(${JSON.stringify(runs)}, 'asked to end\\n'); process.exit(0) })
    setInterval(() => {}, 1000)
    appendFileSync(${JSON.stringify(runs)}, 'sound\\n')
  `)
  const words: string[] = []
  kept = keepRunning({ args: [script], logPath: join(folder, 'log'), onCrash: (said) => words.push(said) })
  await until(() => readFileSync(runs, 'utf8').includes('sound'))
  expect(words.map((said) => said.replace(/ — .*/, ''))).toEqual([
    'ended (exit code 7); starting again in 0.5 s', 'ended (exit code 7); starting again in 1.0 s',
  ])
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('crash\ncrash\n')
  await kept.stop()
  expect(readFileSync(runs, 'utf8')).toBe('run\nrun\nrun\nsound\nasked to end\n')
})
