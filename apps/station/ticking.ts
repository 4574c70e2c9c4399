import type { Station, StationModule } from '#core/station/server/module.ts'

/** Looks after what only time can change: facts that waited, deadlines that passed. One round at a time; a fault in one module does not stop the others. */
export function startTicking(station: Station, modules: StationModule[], everyMs: number, onFault: (fault: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  async function round(): Promise<void> {
    await attempt(() => station.ledger.releaseWaiting())
    for (const module of modules) await attempt(() => module.tick?.(station, station.clock.now()))
  }

  async function attempt(work: () => unknown): Promise<void> {
    try {
      await work()
    } catch (fault) {
      onFault(fault)
    }
  }

  function once(): Promise<void> {
    running = running.then(round)
    return running
  }

  function arm(): void {
    if (stopped || everyMs === 0) return
    timer = setTimeout(() => { void once().then(arm) }, everyMs)
  }
  arm()

  return {
    once,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
