import { HttpProblem } from '#core/http/server/problem.ts'

/** Waiting at one address: at some 50 ms each, as long as a person waits. */
const mostWaiting = 40
const mostAddresses = 500

/**
 * Passwords are checked one at a time, and the addresses take turns: a flood costs one core at most, and whoever comes
 * from elsewhere, or gets a place in the line of the same office, is let in.
 */
export function checkingQueue(): <T>(address: string, check: () => Promise<T>) => Promise<T> {
  const lines = new Map<string, (() => Promise<void>)[]>()
  let running = false

  async function run(): Promise<void> {
    if (running) return
    running = true
    for (let first = lines.entries().next(); !first.done; first = lines.entries().next()) {
      const [address, line] = first.value
      const next = line.shift()
      lines.delete(address)
      if (line.length > 0) lines.set(address, line)
      await next?.()
    }
    running = false
  }

  return (address, check) => new Promise((resolve, reject) => {
    const line = lines.get(address) ?? []
    if (line.length >= mostWaiting || (lines.size >= mostAddresses && !lines.has(address))) return reject(busy())
    // Whatever it throws, and whenever, is its own: the next in line has its turn.
    line.push(() => (async () => check())().then(resolve, reject))
    lines.set(address, line)
    void run()
  })
}

function busy(): HttpProblem {
  return new HttpProblem(429, 'session.busy', '此地址同时登录过多，请过几秒再试', 'Too many are signing in from this address; try again in a few seconds')
}
