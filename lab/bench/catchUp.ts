import { createPublicKey, verify } from 'node:crypto'
import type { Signer, WireFact } from '#core/ledger/index.ts'
import { benchStation, child, parent, type BenchStation } from './benchStation.ts'
import { compare, rate, type Compared } from './measure.ts'
import { noticeDraft } from './notice.ts'

const batch = 200

/**
 * A parent takes in what its child stated while apart, in batches of 200: verified, stored, folded, projected, cursor moved.
 * Baseline: Node's Ed25519 verification of those very bytes, one after the other on one core, and nothing else.
 */
export async function catchUp(keys: ReadonlyMap<string, Signer>, { rounds, facts }: { rounds: number; facts: number }): Promise<Compared> {
  const author = await benchStation(child, keys)
  const taker = await benchStation(parent, keys)
  try {
    const all = await stated(author, facts * (rounds + 1))
    const verifyAll = bareVerify(keys.get(child)!.publicKey)
    let [taken, verified] = [0, 0]
    return await compare(
      rounds,
      () => rate(facts, async () => {
        for (const end = taken + facts; taken < end; taken += batch) {
          const results = await taker.ledger.accept(all.slice(taken, taken + batch), child)
          if (results.some((r) => r.outcome !== 'stored')) throw new Error(`not all facts were stored: ${JSON.stringify(results.find((r) => r.outcome !== 'stored'))}`)
        }
      }),
      () => rate(facts, () => {
        verifyAll(all.slice(verified, verified + facts))
        verified += facts
      }),
    )
  } finally {
    await author.close()
    await taker.close()
  }
}

/** States many facts in few transactions; how fast does not matter here. */
export async function stated(author: BenchStation, count: number, from = 0): Promise<WireFact[]> {
  for (let n = from; n < from + count; n += batch) {
    await author.ledger.write({ id: 'p1', name: '值班员' }, async (writer) => {
      for (let i = n; i < Math.min(n + batch, from + count); i++) await writer.append(noticeDraft(i))
    })
  }
  return author.wires(from, count)
}

export function bareVerify(publicKey: string): (wires: WireFact[]) => void {
  const key = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' })
  return (wires) => {
    for (const { text, sig } of wires) {
      if (!verify(null, Buffer.from(text), key, Buffer.from(sig, 'base64'))) throw new Error('a signature of ours does not verify')
    }
  }
}
