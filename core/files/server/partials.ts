import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '#core/kernel/index.ts'

/** A download nobody has gone on with for so long is given up. */
const keptMs = 7 * 24 * 60 * 60_000

/** Downloads on their way, one for each file and source: `HASH.SOURCE` in one folder. */
export async function openPartials(folder: string, now: number) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    // Without a source: from an older version, which mixed them.
    if (!name.includes('.') || (found && now - found.mtimeMs > keptMs)) await rm(join(folder, name), { force: true })
  }
  const pathOf = (sha256: string, source: string) => join(folder, `${sha256}.${createHash('sha256').update(source).digest('hex').slice(0, 16)}`)

  return {
    pathOf,
    size: async (sha256: string, source: string) => (await stat(pathOf(sha256, source)).catch(() => undefined))?.size ?? 0,
    async append(sha256: string, source: string, offset: number, chunk: Uint8Array): Promise<void> {
      const file = await open(pathOf(sha256, source), 'a', 0o600)
      try {
        const { size } = await file.stat()
        if (size !== offset) throw refuse('file.wrong-offset', `续传位置应为 ${size}`, `The next byte is ${size}`)
        await file.appendFile(chunk)
      } finally {
        await file.close()
      }
    },
    drop: (sha256: string, source: string) => rm(pathOf(sha256, source), { force: true }),
    /** The file is here: what other sources gave of it is needed no longer. */
    async dropAll(sha256: string): Promise<void> {
      for (const name of await readdir(folder)) if (name.startsWith(`${sha256}.`)) await rm(join(folder, name), { force: true })
    },
  }
}
