import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readStationConfig, stationPaths, type StationConfig } from '#apps/station/config.ts'
import { encode, inspect, type Statement, type WireFact } from '#core/ledger/index.ts'
import { testDirectory } from '#core/ledger/testNote.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { readEnrolmentToken, writeEnrolmentToken } from '#modules/directory/enrolment.ts'
import { nastyBodies, nastyTexts, nastyValues, pick, randomFrom } from './nastyValues.ts'

const inputs = Number(process.env.FUZZ_INPUTS ?? 10_000)
const random = randomFrom(Number(process.env.FUZZ_SEED ?? 1))
const folder = mkdtempSync(join(tmpdir(), 'fengsui-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))

const signer = nodeSigner(newPrivateKey())
const county = '65/6529'

/** Changes a byte, cuts, doubles, spoils a field, or replaces all of it. */
function spoilt(text: string): string {
  const at = Math.floor(random() * text.length)
  switch (Math.floor(random() * 7)) {
    case 0: return text.slice(0, at)
    case 1: return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0xffff)) + text.slice(at + 1)
    case 2: return text.slice(at) + text.slice(0, at)
    case 3: return String(pick(random, nastyBodies))
    case 4: return pick(random, nastyTexts)
    default: return spoiltField(text)
  }
}

function spoiltField(text: string): string {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    value[pick(random, [...Object.keys(value), '__proto__', 'x'])] = pick(random, nastyValues)
    return JSON.stringify(value)
  } catch {
    return text
  }
}

test(`${inputs} spoilt wire facts: each is judged, none throws, none is sound that was not signed`, async () => {
  const directory = testDirectory('65', [{ address: county, publicKey: signer.publicKey }])
  const sound: Statement = { type: 'note.written.v1', subject: 'note/1', station: county, seq: 1, prev: '', at: [1, 0], actor: { id: 'p', name: '值' }, to: ['up'], mode: 'actual', body: { line: '一', n: 1 } }
  const text = encode(sound)
  const sig = signer.sign(text)
  const verdicts: Record<string, number> = {}
  for (let i = 0; i < inputs; i++) {
    const changed = random() < 0.8 ? spoilt(text) : text
    // Half of what is spoilt is signed rightly: an enrolled station may say anything.
    const wire: WireFact = { text: changed, sig: random() < 0.4 ? signer.sign(changed) : random() < 0.5 ? sig : spoilt(sig) }
    const seen = await inspect(wire, directory, Date.now(), nodeCrypto)
    const verdict = seen.verdict === 'sound' ? 'sound' : seen.reason
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    if (seen.verdict === 'sound') {
      expect(encode(JSON.parse(wire.text))).toBe(wire.text)
      expect(await nodeCrypto.verify(wire.text, wire.sig, signer.publicKey)).toBe(true)
    }
  }
  console.log(`wire facts: ${JSON.stringify(verdicts)}`)
  expect(Object.keys(verdicts).length).toBeGreaterThan(4)
}, 120_000)

test(`${inputs} spoilt enrolment tokens: a token or undefined`, () => {
  const token = { v: 1 as const, address: '65/6529', parent: '65', url: 'http://127.0.0.1:7001', root: { address: '65', publicKey: signer.publicKey, name: '自治区' }, expires: 1, secret: 's'.repeat(32) }
  const written = writeEnrolmentToken(token)
  expect(readEnrolmentToken(written)).toEqual(token)
  let read = 0
  for (let i = 0; i < inputs; i++) {
    const inside = Buffer.from(spoilt(JSON.stringify(token))).toString('base64url')
    const found = readEnrolmentToken(random() < 0.5 ? spoilt(written) : `fengsui1.${inside}`)
    if (found) {
      read++
      expect(found.v).toBe(1)
      expect(found.url).toMatch(/^https?:/)
    }
  }
  expect(read).toBeLessThan(inputs / 2)
})

test(`${Math.ceil(inputs / 5)} spoilt station.json: a config, or a sentence that names the file`, async () => {
  const config: StationConfig = { address: county, name: '阿克苏', kind: 'government', mode: 'test', host: '127.0.0.1', port: 0, parent: { address: '65', url: 'http://127.0.0.1:1' }, root: { address: '65', name: '区', publicKey: signer.publicKey }, uploadLimitMiB: 5 }
  const path = stationPaths(folder).config
  for (let i = 0; i < Math.ceil(inputs / 5); i++) {
    writeFileSync(path, spoilt(JSON.stringify(config)))
    const answer = await readStationConfig(folder).catch((fault: unknown) => fault)
    if (answer instanceof Error) expect(answer.message).toContain('station.json')
    else expect(answer).toHaveProperty('address')
  }
}, 120_000)
