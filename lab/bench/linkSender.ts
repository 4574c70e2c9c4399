import { systemClock } from '#core/kernel/index.ts'
import { nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { createLinks } from '#core/replicate/server/links.ts'
import { memoryFiles } from '#core/replicate/server/testStation.ts'
import { benchStation, child, parent } from './benchStation.ts'
import { stated } from './catchUp.ts'

/** The child station of `linkCatchUp.ts` in a process of its own: states while cut, heals when told. */
interface Order { pems?: Record<string, string>; url?: string; state?: number; heal?: boolean; end?: boolean }

let station: Awaited<ReturnType<typeof benchStation>> | undefined
let links: Awaited<ReturnType<typeof createLinks>> | undefined
let count = 0

async function obey(order: Order): Promise<void> {
  if (order.pems && order.url) {
    const keys = new Map(Object.entries(order.pems).map(([address, pem]) => [address, nodeSigner(pem)]))
    station = await benchStation(child, keys)
    links = await createLinks({
      ledger: station.ledger, outbox: station.outbox, database: station.database, files: memoryFiles(), clock: systemClock,
      signer: keys.get(child)!, parentUrl: order.url, timing: { backoffMin: 5, backoffMax: 20, cutByPeer: 5 },
    })
    links.cut(parent)
    await links.start()
  }
  if (order.state && station) {
    links?.cut(parent)
    await stated(station, order.state, count)
    count += order.state
  }
  if (order.heal) links?.heal(parent)
  if (order.end) {
    await links?.stop()
    await station?.close()
    process.disconnect()
    return
  }
  process.send?.({ done: true })
}

process.on('message', (order: Order) => {
  obey(order).catch((fault: unknown) => {
    console.error(fault)
    process.exit(1)
  })
})
