/** One step of a scenario: `minute` after the start it tells about, done by `who`. */
export interface Step {
  minute: number
  who: string
  what: string
  run(): Promise<void>
}

export interface PlayOptions {
  /** 1 = as it happened; 600 = ten minutes a second; Infinity = no waiting. */
  speed: number
  /** The moment of minute 0, in Beijing time, for the progress line: `2024-01-23 02:09`. */
  start: string
  write: (text: string) => void
}

/** Plays the steps in order at the chosen speed, a progress line for each. A step that fails ends the play with its words. */
export async function play(steps: Step[], { speed, start, write }: PlayOptions): Promise<void> {
  const began = Date.now()
  for (const [i, step] of steps.entries()) {
    const due = speed === Infinity ? 0 : began + (step.minute * 60_000) / speed
    if (due > Date.now()) await pause(due - Date.now())
    const stepBegan = Date.now()
    try {
      await step.run()
    } catch (fault) {
      write(`${progress(i, steps.length)} ✗ ${clock(start, step.minute)}  ${step.who}  ${step.what}\n`)
      throw new Error(`第 ${i + 1} 步失败 · step ${i + 1} failed — ${step.who}, ${step.what}: ${fault instanceof Error ? fault.message : String(fault)}`, { cause: fault })
    }
    write(`${progress(i + 1, steps.length)} ${clock(start, step.minute)}  ${step.who}  ${step.what}  (${Date.now() - stepBegan} ms)\n`)
  }
}

/** Asks again until `met` gives something; fails in words after `patienceMs`. */
export async function until<Found>(what: string, met: () => Promise<Found | undefined | null | false>, patienceMs = 60_000): Promise<Found> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const found = await met()
    if (found !== undefined && found !== null && found !== false) return found
    if (Date.now() > deadline) throw new Error(`等待超时 · still not so after ${patienceMs / 1000} s: ${what}`)
    await pause(100)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const barLength = 20

function progress(done: number, of: number): string {
  const filled = Math.round((done / of) * barLength)
  return `[${'█'.repeat(filled)}${'·'.repeat(barLength - filled)}] ${String(done).padStart(2)}/${of}`
}

function clock(start: string, minute: number): string {
  return new Date(Date.parse(`${start.replace(' ', 'T')}:00Z`) + minute * 60_000).toISOString().slice(5, 16).replace('T', ' ')
}
