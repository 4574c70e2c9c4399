import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { systemClock } from '#core/kernel/index.ts'
import { nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { createLinks } from '#core/replicate/server/links.ts'
import { memoryFiles } from '#core/replicate/server/testStation.ts'
import { benchStation, child, parent } from './benchStation.ts'
import { bareVerify, stated } from './catchUp.ts'
import { compare, rate, type Compared } from './measure.ts'

/**
 * The same over a real link: a child in another process has stated facts while its link was cut; measured from `heal` to the last one stored
 * at the parent, dialling and proving included. Baseline: bare Ed25519 verification of as many facts on one core.
 */
export async function linkCatchUp(pems: ReadonlyMap<string, string>, { rounds, facts }: { rounds: number; facts: number }): Promise<Compared> {
  const keys = new Map([...pems].map(([address, pem]) => [address, nodeSigner(pem)]))
  const taker = await benchStation(parent, keys)
  const author = await benchStation(child, keys)
  const same = await stated(author, facts)
  const verifyAll = bareVerify(keys.get(child)!.publicKey)
  const links = await createLinks({
    ledger: taker.ledger, outbox: taker.outbox, database: taker.database, files: memoryFiles(), clock: systemClock, signer: keys.get(parent)!, parentUrl: null,
    onFault: (peer, fault) => { console.error(peer, fault) },
  })
  const server = createServer()
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done) })
  await links.start(server)
  const sender = fork(fileURLToPath(new URL('linkSender.ts', import.meta.url)), [], { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] })
  /** Resolves when it is done. */
  const tell = async (order: object) => {
    sender.send(order)
    await once(sender, 'message')
  }
  try {
    await tell({ pems: Object.fromEntries(pems), url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    return await compare(
      rounds,
      async () => {
        await tell({ state: facts })
        let missing = facts
        const all = new Promise<void>((done) => {
          const stop = taker.ledger.onNews((news) => {
            missing -= news.facts.length
            if (missing > 0) return
            stop()
            done()
          })
        })
        const started = performance.now()
        await tell({ heal: true })
        await all
        return (facts / (performance.now() - started)) * 1000
      },
      () => rate(facts, () => verifyAll(same)),
    )
  } finally {
    if (sender.connected) {
      sender.send({ end: true })
      await once(sender, 'exit')
    }
    await links.stop()
    server.closeAllConnections()
    server.close()
    await author.close()
    await taker.close()
  }
}
