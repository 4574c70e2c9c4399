import { once } from 'node:events'
import { client, until } from '#lab/federation/client.ts'
import { openScreen, when, type TestScreen } from '#lab/live/screen.ts'
import type { CrowdOrder, CrowdReport } from './crowd.ts'
import { benchStroke } from './plotIncident.ts'

/** The people of one level, for `crowd.ts`: opens their screens, draws when told, reports. */
const strokeEveryMs = 500
const wordEveryMs = 50
/** Second byte of the message that tells of others' hands (SPEC V-10). */
const others = 11
/** The same clock in every process of this machine, finer than a millisecond. */
const clock = () => performance.timeOrigin + performance.now()

const [order] = await once(process, 'message') as [CrowdOrder]
const caller = await client(order.url, order.account)
const answers = new Map<string, Promise<unknown>>()
/** Who they are is asked once for all of them. */
const asked = { ...caller, get: <T>(path: string) => { const answer = answers.get(path) ?? caller.get(path); answers.set(path, answer); return answer as Promise<T> } }
const screens = await Promise.all(Array.from({ length: order.screens }, async (_, i) => {
  const screen = await openScreen(order.url, asked)
  if (i > 0) deafToHands(screen)
  const docs = order.docs.map((name) => screen.live.openDoc(name))
  for (const doc of docs) await when(doc.name, doc, () => doc.snapshot().state === 'live')
  return { screen, docs, own: docs.find((doc) => doc.name === order.own)!, room: screen.live.openRoom(order.room) }
}))

const latencies: number[] = []
const drawn: string[] = []
// One of them is watched as a person would: it looks at every stroke as it comes.
for (const doc of screens[0]!.docs.filter(({ name }) => name !== order.own)) {
  const seen = new Set(doc.snapshot().values.keys())
  doc.subscribe(() => {
    for (const [key, value] of doc.snapshot().values) {
      if (seen.has(key)) continue
      seen.add(key)
      latencies.push(clock() - Number(value.remark))
    }
  })
}
process.send?.('ready')
await once(process, 'message')

const end = clock() + order.seconds * 1000
const hands = screens.map(async ({ own, room }, i) => {
  // Nobody begins at the same moment.
  await pause((wordEveryMs * i) / order.screens)
  for (let n = 0; clock() < end; n++) {
    room.tell({ at: [78.6 + n / 1e4, 41.2], draft: { key: null, layer: 'x', stroke: benchStroke(n, 4) }, holds: [], view: null, hosting: false })
    if (n % (strokeEveryMs / wordEveryMs) === i % (strokeEveryMs / wordEveryMs)) {
      const key = `${order.level}-${order.round}-${i}-${n}`
      own.set(key, { ...benchStroke(n, 8), remark: String(clock()) })
      drawn.push(key)
    }
    await pause(wordEveryMs)
  }
})
await Promise.all(hands)
await until('all to be kept', async () => screens.every(({ own }) => own.snapshot().unsent === 0), 30_000).catch(() => undefined)
const faults = screens.flatMap(({ screen, own }) => [...screen.faults.map(String), ...own.snapshot().rejected.map(({ key, why }) => `${key}: ${why.en}`)])
process.send?.({ drawn, latencies, faults } satisfies CrowdReport)
await once(process, 'disconnect')
process.exit(0)

/** Forty screens' reading of one another's hands is work for forty machines, not for the one that is measured here. */
function deafToHands({ socket, live }: TestScreen): void {
  socket.removeAllListeners('message')
  socket.on('message', (data: Buffer, isBinary) => { if (isBinary && data[1] !== others) live.receive(data) })
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => { setTimeout(done, ms) })
}
