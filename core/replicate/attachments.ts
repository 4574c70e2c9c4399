import { maxPosition } from '#core/kernel/index.ts'

/** One fact makes us look for so many files and no more. */
export const maxNamed = 1000
const maxDepth = 6

interface NamedFile {
  sha256: string
  /** As the fact declares it; null when it does not. */
  size: number | null
}

/** The files that a fact's body names under `attachments`, wherever it stands and whatever its type: each once, with the largest size declared. */
export function attachmentsOf(body: unknown): NamedFile[] {
  const found = new Map<string, number | null>()
  const add = (card: unknown): void => {
    const { sha256, size } = (card ?? {}) as { sha256?: unknown; size?: unknown }
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256) || (found.size >= maxNamed && !found.has(sha256))) return
    const declared = typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= maxPosition ? size : null
    const before = found.get(sha256)
    found.set(sha256, before === null || declared === null ? null : Math.max(before ?? 0, declared))
  }
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > maxDepth) return
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'attachments' && Array.isArray(inner)) inner.forEach(add)
      else walk(inner, depth + 1)
    }
  }
  walk(body, 0)
  return [...found].map(([sha256, size]) => ({ sha256, size }))
}
