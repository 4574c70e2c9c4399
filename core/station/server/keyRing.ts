import { rename, rm, readFile, writeFile } from 'node:fs/promises'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import type { Signer } from '#core/ledger/index.ts'

/** A station's own key on its disk, replaceable while it runs. Give it to the ledger as its signer. */
export interface KeyRing extends Signer {
  /** Writes a new key beside the old one; `promote` after the rotation has been stated makes it the one in use. */
  prepare(): Promise<{ publicKey: string; promote(): Promise<void> }>
  /** At start: finishes or forgets a rotation that a crash interrupted, by what the directory says is our key. */
  settle(publicKeyInUse: string): Promise<void>
}

export async function openKeyRing(path: string): Promise<KeyRing> {
  const waiting = `${path}.next`
  let signer = nodeSigner(await readFile(path, 'utf8'))
  const promote = async (pem: string) => {
    await rename(waiting, path)
    signer = nodeSigner(pem)
  }
  return {
    get publicKey() { return signer.publicKey },
    sign: (text) => signer.sign(text),
    async prepare() {
      const pem = newPrivateKey()
      // On the disk before anyone is told of it: a station that forgot its new key could never sign again.
      await writeFile(waiting, pem, { mode: 0o600, flush: true })
      return { publicKey: nodeSigner(pem).publicKey, promote: () => promote(pem) }
    },
    async settle(publicKeyInUse) {
      const pem = await readFile(waiting, 'utf8').catch(() => undefined)
      if (pem === undefined) return
      if (signer.publicKey !== publicKeyInUse && nodeSigner(pem).publicKey === publicKeyInUse) await promote(pem)
      else await rm(waiting)
    },
  }
}
