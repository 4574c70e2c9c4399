import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('kill.ts', import.meta.url))
const basePort = 22_000 + (process.pid % 1000) * 8

test('stations killed with SIGKILL while people draw lose no stroke that they acknowledged', async () => {
  const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', script, '--kills', '5', '--seed', '3', '--base-port', String(basePort)],
      (fault, out) => resolve({ code: fault ? Number(fault.code) : 0, out }))
  })
  expect(out).toContain('✓ every acknowledged stroke is at every station')
  expect(code).toBe(0)
}, 400_000)
