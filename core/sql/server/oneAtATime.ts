import { AsyncLocalStorage } from 'node:async_hooks'

/** Runs asynchronous work strictly one after another, in the order asked; a failure does not stop the queue. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  const within = new AsyncLocalStorage<{ isRunning: boolean }>()
  return (work) => {
    // Work that waits for its turn within its own turn would wait for ever, and everybody behind it.
    if (within.getStore()?.isRunning) return Promise.reject(new Error('asked for a turn within a turn: this would wait for itself'))
    const turn = { isRunning: true }
    const run = () => within.run(turn, work).finally(() => { turn.isRunning = false })
    const next = last.then(run, run)
    last = next.catch(() => undefined)
    return next
  }
}
