import { describe, expect, it } from 'vitest'
import { encode } from '#core/ledger/canonical.ts'
import { toBase64, webCrypto, webSigner } from '#core/ledger/webCrypto.ts'
import { verifyFact, type FactProof } from './verifyFact.ts'

const signer = webSigner(new Uint8Array(32).fill(7))
const stranger = webSigner(new Uint8Array(32).fill(8))
const statement = { type: 'report.submitted.v1', subject: 'report/01J.x', station: '65/6529', seq: 1, prev: '', at: [1, 0], actor: { id: 'a', name: '值班员' }, to: [], mode: 'exercise', body: {} }
const proofOf = (text: string, by = signer): FactProof => ({ canonical: toBase64(new TextEncoder().encode(text)), signature: by.sign(text), publicKey: by.publicKey, algorithm: 'Ed25519' })
const text = encode(statement)
const expected = { id: webCrypto.sha256(text), subject: 'report/01J.x', keysOf: () => [signer.publicKey] }

describe('a fact checked in the browser', () => {
  it('is sound when name, form, subject, key and signature agree', async () => {
    expect(await verifyFact(proofOf(text), expected)).toBe('ok')
  })
  it('is not, when a byte changed', async () => {
    const changed = proofOf(text.replace('值班员', '值班长'))
    expect(await verifyFact({ ...proofOf(text), canonical: changed.canonical }, expected)).toBe('id')
  })
  it('is not, when signed again by a stranger', async () => {
    expect(await verifyFact(proofOf(text, stranger), expected)).toBe('key')
    expect(await verifyFact({ ...proofOf(text, stranger), publicKey: signer.publicKey }, expected)).toBe('signature')
  })
  it('is not, when it is about something else, or not canonical, or no fact at all', async () => {
    const other = encode({ ...statement, subject: 'report/01K.x' })
    expect(await verifyFact(proofOf(other), { ...expected, id: webCrypto.sha256(other) })).toBe('subject')
    const loose = JSON.stringify(statement)
    expect(await verifyFact(proofOf(loose), { ...expected, id: webCrypto.sha256(loose) })).toBe('canonical')
    expect(await verifyFact(proofOf('{"a":1}'), { ...expected, id: webCrypto.sha256('{"a":1}') })).toBe('envelope')
    const posing = encode({ ...statement, mode: 'actual' })
    expect(await verifyFact(proofOf(posing), { ...expected, id: webCrypto.sha256(posing) })).toBe('envelope')
  })
})
