import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { verifyFact } from './verifyFact.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const bytes = Buffer.from('{"station":"65","subject":"report/1.x","type":"report.received.v1"}')
const id = createHash('sha256').update(bytes).digest('hex')
const sound = {
  canonical: bytes.toString('base64'),
  signature: sign(null, bytes, privateKey).toString('base64'),
  publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
  algorithm: 'Ed25519',
}

test('a sound fact says what was signed', () => {
  expect(verifyFact(id, sound)).toEqual({ station: '65', subject: 'report/1.x', type: 'report.received.v1' })
})

test('a changed byte, another name, another key, another algorithm: each is found', () => {
  const changed = Buffer.from(bytes.toString().replace('"65"', '"66"'))
  expect(() => verifyFact(id, { ...sound, canonical: changed.toString('base64') })).toThrow('do not have this hash')
  expect(() => verifyFact(createHash('sha256').update(changed).digest('hex'), { ...sound, canonical: changed.toString('base64') })).toThrow('does not fit')
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
  expect(() => verifyFact(id, { ...sound, publicKey: other })).toThrow('does not fit')
  expect(() => verifyFact(id, { ...sound, algorithm: 'none' })).toThrow('unknown algorithm')
})
