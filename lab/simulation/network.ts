import { decodeFrame, encodeFrame, type Frame } from '#core/replicate/index.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** One end of one connection, as its station sees it. */
export interface End {
  onOpen(): void
  onFrame(frame: Frame): void
  onClosed(): void
}

export interface Connection {
  send(frame: Frame): void
  close(): void
}

/** What goes wrong on the way, as probabilities for each frame. */
export interface Weather { lose: number; repeat: number; swap: number; breakOff: number; minDelay: number; maxDelay: number }

interface Side { end: End; open: boolean; lastArrival: number; held: Frame | null }

export interface Network {
  /** Opens a connection; both ends get `onOpen`. `mute`: a cable pulled, nobody is told. */
  connect(dialler: End, acceptor: End, weather: Weather, muted: () => boolean): Connection[]
}

/** Ordered byte streams that break, stall, and (through a faulty box on the way) repeat or swap a frame now and then. */
export function createNetwork(world: World, random: Random): Network {
  return {
    connect: (dialler, acceptor, weather, muted) => {
      const sides: Side[] = [dialler, acceptor].map((end) => ({ end, open: true, lastArrival: world.now(), held: null }))
      const delay = () => weather.minDelay + random.next() * (weather.maxDelay - weather.minDelay)

      const deliver = (to: Side, frame: Frame) => {
        to.lastArrival = Math.max(to.lastArrival, world.now() + delay())
        world.after(to.lastArrival - world.now(), () => { if (to.open) to.end.onFrame(frame) })
      }
      const endOther = (to: Side) => {
        to.lastArrival = Math.max(to.lastArrival, world.now() + delay())
        world.after(to.lastArrival - world.now(), () => {
          if (!to.open) return
          to.open = false
          to.end.onClosed()
        })
      }
      const connection = (from: Side, to: Side): Connection => ({
        send: (frame) => {
          if (!from.open || muted()) return
          const fate = random.next()
          if (fate < weather.breakOff) {
            for (const side of sides) if (side.open) endOther(side)
            return
          }
          if (fate < weather.breakOff + weather.lose) return
          // Every hundredth frame goes through the real encoding; all of them would only cost time.
          const sent = random.next() < 0.01 ? recoded(frame) : frame
          if (fate < weather.breakOff + weather.lose + weather.swap) {
            to.held = sent
            return
          }
          deliver(to, sent)
          if (to.held) {
            deliver(to, to.held)
            to.held = null
          }
          if (fate > 1 - weather.repeat) deliver(to, sent)
        },
        close: () => {
          if (!from.open) return
          from.open = false
          if (!muted()) endOther(to)
        },
      })
      world.after(delay(), () => { if (sides[0]!.open) { sides[1]!.end.onOpen(); sides[0]!.end.onOpen() } })
      return [connection(sides[0]!, sides[1]!), connection(sides[1]!, sides[0]!)]
    },
  }
}

function recoded(frame: Frame): Frame {
  const decoded = decodeFrame(encodeFrame(frame))
  if ('fault' in decoded) throw new Error(`a frame that no decoder takes: ${decoded.fault}`)
  return decoded.frame
}
