import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newPrivateKey, nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { openKeyRing } from './keyRing.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fengsui-key-'))
  path = join(folder, 'key.pem')
  await writeFile(path, newPrivateKey(), { mode: 0o600 })
})
afterEach(() => rm(folder, { recursive: true }))

it('goes on signing with the new key after it is promoted', async () => {
  const ring = await openKeyRing(path)
  const old = ring.publicKey
  const next = await ring.prepare()
  expect(ring.publicKey).toBe(old)
  await next.promote()
  expect(ring.publicKey).toBe(next.publicKey)
  expect(await nodeCrypto.verify('x', ring.sign('x'), next.publicKey)).toBe(true)
  expect((await openKeyRing(path)).publicKey).toBe(next.publicKey)
})

it('a crash after the rotation was stated: the new key is taken up at start', async () => {
  const { publicKey } = await (await openKeyRing(path)).prepare()
  const restarted = await openKeyRing(path)
  await restarted.settle(publicKey)
  expect(restarted.publicKey).toBe(publicKey)
  expect(await readdir(folder)).toEqual(['key.pem'])
})

it('a crash before it was stated: the new key is forgotten', async () => {
  const ring = await openKeyRing(path)
  const old = ring.publicKey
  await ring.prepare()
  const restarted = await openKeyRing(path)
  await restarted.settle(old)
  expect(restarted.publicKey).toBe(old)
  expect(await readdir(folder)).toEqual(['key.pem'])
})
