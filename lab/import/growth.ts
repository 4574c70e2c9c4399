import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Growth {
  points: number
  seconds: number
  /** Resident memory of the importing process, MB: before the first feature, and at its highest. */
  startMB: number
  peakMB: number
  growthMB: number
}

/** A file of so many points over China, written piece by piece: one collection, or a feature to a line. */
export async function writePoints(path: string, points: number, form: 'collection' | 'lines' = 'collection'): Promise<void> {
  const out = createWriteStream(path)
  const lines = form === 'lines'
  let text = lines ? '' : '{"type":"FeatureCollection","features":[\n'
  for (let i = 0; i < points; i++) {
    text += `${i > 0 && !lines ? ',\n' : ''}{"type":"Feature","properties":{"name":"监测点${i}","value":${i % 977},"kind":"${i % 3 ? '雨量' : '水位'}"},"geometry":{"type":"Point","coordinates":[${(73.5 + (i % 1000) * 0.06).toFixed(5)},${(20 + Math.floor(i / 1000) * 0.03).toFixed(5)}]}}${lines ? '\n' : ''}`
    if (text.length < 1_000_000) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(lines ? text : `${text}\n]}\n`)
  await once(out, 'finish')
}

/** Imports a file in a process of its own, as `fengsui layer import` does, and tells how its memory grew. */
export async function growthOf(file: string, database: string): Promise<Growth> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('./importing.ts', import.meta.url)), file, database], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString() })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the importing process ended with ${code}`)
  return JSON.parse(text) as Growth
}
