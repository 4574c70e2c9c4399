import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isAddress, stationKinds } from '#core/kernel/index.ts'

/** `DIR/station.json`: who this station is and where it listens. Written by `fengsui init` and `fengsui join`; an operator may edit it. */
export const stationConfigSchema = z.strictObject({
  address: z.string().refine(isAddress, 'not a station address'),
  name: z.string().min(1).max(64),
  kind: z.enum(stationKinds),
  mode: z.enum(['production', 'demo', 'test']),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65535).default(7000),
  /** A reverse proxy on this machine stands in front: addresses and https are taken from its `X-Forwarded-*` headers. */
  proxy: z.boolean().optional(),
  /** Where the parent answers, or null at the root. The link dials the same place with `ws` for `http`. */
  parent: z.strictObject({ address: z.string().refine(isAddress, 'not a station address'), url: z.url({ protocol: /^https?$/ }) }).nullable(),
  /** The root of trust, pinned at enrolment. */
  root: z.strictObject({ address: z.string().refine(isAddress, 'not a station address'), name: z.string().min(1).max(64), publicKey: z.base64().length(44) }),
  /** `postgres://…`; without it `DATABASE_URL` of the environment, without that the file `station.db`. */
  database: z.string().optional(),
  uploadLimitMiB: z.int().min(1).default(512),
})
export type StationConfig = z.infer<typeof stationConfigSchema>

/** What lies in a station's data folder. */
export function stationPaths(folder: string) {
  return {
    config: join(folder, 'station.json'),
    key: join(folder, 'key.pem'),
    database: join(folder, 'station.db'),
    files: join(folder, 'files'),
  }
}

/** Throws an Error in plain words when the file is missing or wrong: its reader is the operator at a terminal. */
export async function readStationConfig(folder: string): Promise<StationConfig> {
  const path = stationPaths(folder).config
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`${folder} 不是数据目录：没有 station.json。新平台先运行 fengsui init 或 fengsui join；若平台曾在此运行，请从备份中取回这个文件 · not a data folder: there is no station.json. A new station: run fengsui init or fengsui join first. If a station has lived here, take the file back from a backup`)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (fault) {
    throw new Error(`${path}: ${String(fault)}`, { cause: fault })
  }
  const parsed = stationConfigSchema.safeParse(value)
  if (!parsed.success) throw new Error(`${path}: ${parsed.error.issues.map((i) => `${i.path.join('.') || '(file)'}: ${i.message}`).join('; ')}`)
  return parsed.data
}

/** Writes the file whole or not at all. */
export async function writeStationConfig(folder: string, config: StationConfig): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { config: path } = stationPaths(folder)
  await writeFile(`${path}.new`, `${JSON.stringify(stationConfigSchema.parse(config), null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Stores a new private key for its owner's eyes only; never overwrites one. */
export async function writeStationKey(folder: string, pem: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(stationPaths(folder).key, pem, { mode: 0o600, flag: 'wx' })
}

/** The private key as PEM; refuses one that other accounts of the machine may read. */
export async function readStationKey(folder: string): Promise<string> {
  const { key } = stationPaths(folder)
  if (process.platform !== 'win32' && ((await stat(key)).mode & 0o077) !== 0) {
    throw new Error(`${key} 对其他账户可读，请先 chmod 600 · ${key} is readable by other accounts; chmod 600 it first`)
  }
  return readFile(key, 'utf8')
}

/** Narrows the permissions of a key that was copied carelessly. */
export async function protectStationKey(folder: string): Promise<void> {
  await chmod(stationPaths(folder).key, 0o600)
}

/** What is written down for one station goes before the environment, which several stations of one machine may share. */
export function databaseUrl(folder: string, config: Pick<StationConfig, 'database'>): string {
  return config.database ?? process.env.DATABASE_URL ?? stationPaths(folder).database
}
