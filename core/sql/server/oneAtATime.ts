import { AsyncLocalStorage } from 'node:async_hooks'

/** The code of the error that work gets which has waited so long for others that it was not begun. */
export const turnTooLate = 'TURN_TOO_LATE'

/** Runs asynchronous work strictly one after another, in the order asked; a failure does not stop the queue. Work that has waited for its `longestMs` is not begun. */
export function oneAtATime(): <T>(work: () => Promise<T>, longestMs?: number) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  const within = new AsyncLocalStorage<{ isRunning: boolean }>()
  return (work, longestMs = Infinity) => {
    // Work that waits for its turn within its own turn would wait for ever, and everybody behind it.
    if (within.getStore()?.isRunning) return Promise.reject(new Error('asked for a turn within a turn: this would wait for itself'))
    const asked = performance.now()
    const turn = { isRunning: true }
    const run = () => {
      if (performance.now() - asked > longestMs) return Promise.reject(Object.assign(new Error(`not begun: others have written for ${longestMs} ms`), { code: turnTooLate }))
      return within.run(turn, work).finally(() => { turn.isRunning = false })
    }
    const next = last.then(run, run)
    last = next.catch(() => undefined)
    return next
  }
}
