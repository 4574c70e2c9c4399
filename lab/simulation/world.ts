/** Events that may happen at one instant; more is a loop that keeps time from going on. */
const maxAtOneInstant = 1_000_000

/** Virtual time and what is to happen in it. Events of one instant run in the order they were asked for. */
export interface World {
  now(): number
  after(ms: number, run: () => void | Promise<void>): void
  /** Runs events until `until` (ms of virtual time) or none is left. */
  run(until: number): Promise<void>
  readonly steps: number
}

interface Event { at: number; order: number; run: () => void | Promise<void> }

export function createWorld(): World {
  const heap: Event[] = []
  let now = 0
  let order = 0
  let steps = 0
  let atThisInstant = 0
  const before = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order)

  function push(event: Event): void {
    let i = heap.length
    while (i > 0) {
      const up = (i - 1) >> 1
      if (before(heap[up]!, event)) break
      heap[i] = heap[up]!
      i = up
    }
    heap[i] = event
  }

  function pop(): Event {
    const top = heap[0]!
    const last = heap.pop()!
    const { length } = heap
    if (length === 0) return top
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= length) break
      if (child + 1 < length && before(heap[child + 1]!, heap[child]!)) child++
      if (before(last, heap[child]!)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
    return top
  }

  return {
    now: () => now,
    after: (ms, run) => { push({ at: now + Math.max(0, ms), order: order++, run }) },
    run: async (until) => {
      while (heap.length > 0 && heap[0]!.at <= until) {
        const event = pop()
        atThisInstant = event.at === now ? atThisInstant + 1 : 0
        if (atThisInstant > maxAtOneInstant) throw new Error(`time stands still at ${now} ms after ${steps} steps: ${String(event.run)}`)
        now = event.at
        steps++
        const pending = event.run()
        if (pending) await pending
      }
      now = Math.max(now, until)
    },
    get steps() { return steps },
  }
}
