import type { FastifyBaseLogger } from 'fastify'

const quietMs = 60_000
const mostKinds = 1_000

/**
 * Says each kind of trouble at most once a minute, with the culprit that made it then and how often it was meanwhile:
 * who floods the door must not flood the log.
 */
export function sparseLog(log: Pick<FastifyBaseLogger, 'warn'>, now: () => number = () => performance.now()) {
  const said = new Map<string, { until: number; unsaid: number }>()
  return (kind: string, culprit: Record<string, unknown>): void => {
    const at = now()
    const before = said.get(kind)
    if (before && at < before.until) {
      before.unsaid++
      return
    }
    if (said.size >= mostKinds) said.clear()
    said.set(kind, { until: at + quietMs, unsaid: 0 })
    log.warn({ ...culprit, ...(before?.unsaid ? { meanwhile: before.unsaid } : {}) }, kind)
  }
}
export type SparseLog = ReturnType<typeof sparseLog>
