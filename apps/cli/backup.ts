import { createHash } from 'node:crypto'
import { constants, createReadStream, existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { baseArchive } from '#core/geo/server/import/tileArchive.ts'
import { statement } from '#core/sql/server/statement.ts'
import { readStationConfig, stationPaths } from '#apps/station/config.ts'
import { openFolder, requireEmpty } from './dataFolder.ts'
import { beijing, OperatorFault, say } from './language.ts'

const manifestName = 'manifest.json'
const manifestSchema = z.object({
  format: z.literal('fengsui-backup-1'),
  station: z.string(),
  name: z.string(),
  at: z.int(),
  /** The station's own last number: what it states later is lost with a restore, and its peers will say so. */
  seq: z.int(),
  files: z.array(z.object({ path: z.string().regex(/^(?!\/)(?!.*\.\.)/), size: z.int(), sha256: z.string().length(64) })),
})
export type Manifest = z.infer<typeof manifestSchema>

/**
 * `fengsui backup`: a consistent copy of a station, which may be running, with a manifest of hashes.
 * It holds the station's private key: the copy is readable by its owner only, and is to be kept like the key itself.
 */
export async function backup(path: string, to: string, print: (text: string) => void): Promise<Manifest> {
  const target = resolve(to)
  await requireEmpty(target)
  const folder = await openFolder(path)
  try {
    const { config, database } = folder
    if (database.dialect !== 'sqlite') {
      throw new OperatorFault('本平台使用 PostgreSQL：请用 pg_dump 备份数据库，再另存 station.json、key.pem 和 files/', 'This station runs on PostgreSQL: back its database up with pg_dump, and keep station.json, key.pem and files/ beside it')
    }
    await mkdir(target, { recursive: true, mode: 0o700 })
    await chmod(target, 0o700)
    const from = stationPaths(folder.path)
    const into = stationPaths(target)
    // One transaction's view of the whole database, written to a file of its own while the station goes on.
    await statement(database.read, 'vacuum into ?', [into.database])
    await chmod(into.database, 0o600)
    const [head] = await statement<{ seq: number | null }>(database.read, 'select max(seq) as seq from facts where station = ?', [config.address])
    for (const name of ['config', 'key'] as const) {
      await copyFile(from[name], into[name])
      await chmod(into[name], 0o600)
    }
    // A key rotation may be half done: the station settles it by what the database says when it next starts.
    const next = `${from.key}.next`
    if (existsSync(next)) await copyFile(next, `${into.key}.next`)
    // After the database: files are only ever added, so every file that the copied facts name is there.
    if (existsSync(from.files)) await copyFolder(from.files, into.files)
    await copyBaseMap(folder.path, target)
    const files: Manifest['files'] = []
    for (const file of await filesUnder(target)) {
      files.push({ path: relative(target, file).replaceAll('\\', '/'), size: (await stat(file)).size, sha256: await sha256(file) })
    }
    const manifest: Manifest = { format: 'fengsui-backup-1', station: config.address, name: config.name, at: Date.now(), seq: head?.seq ?? 0, files }
    await writeFile(join(target, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    print(say(`✓ ${config.name} ${config.address} 已备份到 ${target}：${files.length} 个文件，本平台事实至第 ${manifest.seq} 号`, `✓ ${config.name} ${config.address} backed up to ${target}: ${files.length} files, own facts up to number ${manifest.seq}`))
    print(say('! 备份中有本平台的私钥，请按私钥保管', '! The backup holds the station’s private key; keep it as you keep the key'))
    return manifest
  } finally {
    await folder.close()
  }
}

/** `fengsui restore`: checks a backup against its manifest and puts it into an empty folder. */
export async function restore(source: string, path: string, print: (text: string) => void): Promise<void> {
  const from = resolve(source)
  const target = resolve(path)
  await requireEmpty(target)
  const manifest = await readManifest(from)
  for (const file of manifest.files) {
    const found = await sha256(join(from, file.path)).catch(() => null)
    if (found !== file.sha256) throw new OperatorFault(`备份已损坏：${file.path} ${found === null ? '缺失' : '与清单不符'}，未恢复任何内容`, `The backup is damaged: ${file.path} ${found === null ? 'is missing' : 'does not match the manifest'}; nothing was restored`)
  }
  await mkdir(target, { recursive: true, mode: 0o700 })
  for (const file of manifest.files) {
    const into = join(target, file.path)
    await mkdir(dirname(into), { recursive: true, mode: 0o700 })
    await copyFile(join(from, file.path), into)
    await chmod(into, 0o600)
  }
  const config = await readStationConfig(target)
  print(say(`✓ ${config.name} ${config.address} 已恢复到 ${target}，备份时间 ${beijing(manifest.at)}`, `✓ ${config.name} ${config.address} restored to ${target}; the backup is of ${beijing(manifest.at)} Beijing time`))
  print(say('如备份之后本平台还发出过事实，上级会认出并停止通道；此时运行 fengsui doctor --recover 由对端补回', 'If the station stated anything after this backup, its parent will notice and stop the link; then run fengsui doctor --recover to fetch it back'))
}

async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => {
    throw new OperatorFault(`${folder} 不是备份：没有 ${manifestName}`, `${folder} is not a backup: there is no ${manifestName}`)
  })
  const parsed = manifestSchema.safeParse(parse(text))
  if (!parsed.success) throw new OperatorFault(`${manifestName} 无法识别`, `${manifestName} cannot be read as a manifest`)
  return parsed.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The imported base map, if there is one; its card last, as when it was imported. */
async function copyBaseMap(from: string, to: string): Promise<void> {
  const card = await baseArchive(from)
  if (!card) return
  await mkdir(join(to, 'basemap'), { mode: 0o700 })
  for (const name of [card.file, 'basemap.json']) {
    const into = join(to, 'basemap', name)
    await copyFile(join(from, 'basemap', name), into, constants.COPYFILE_FICLONE)
    await chmod(into, 0o600)
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  for (const file of await filesUnder(from)) {
    const into = join(to, relative(from, file))
    await mkdir(dirname(into), { recursive: true, mode: 0o700 })
    await copyFile(file, into, constants.COPYFILE_FICLONE)
    await chmod(into, 0o600)
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name)).sort()
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
