import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { decodeFrame } from '#core/replicate/frames.ts'
import { until } from '../federation/client.ts'
import { federation, type Federation } from '../federation/federation.ts'
import { dial, hostileChild, type HostileChild, patientLinks } from '../federation/hostileChild.ts'
import { nastyLive } from './liveMessages.ts'
import { nastyMessage, soundFrames } from './frames.ts'
import { randomFrom } from './nastyValues.ts'
import { fuzzSocket, rawBytes } from './sockets.ts'

/** `FUZZ_MESSAGES=100000` for the large run. */
const messages = Number(process.env.FUZZ_MESSAGES ?? 10_000)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const prefecture = '65/6529'
const county = '65/6529/652927'
/** However many messages: nothing of a connection may stay when it has gone. */
const maxGrowthMiB = 40

let tree: Federation
let child: HostileChild
beforeAll(async () => {
  tree = await federation({ addresses: ['65', prefecture, county], links: patientLinks })
  child = await hostileChild(tree.at(prefecture), '65/6529/652922')
})
afterAll(async () => {
  child?.close()
  await tree?.close()
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** What is really held, JavaScript's own and the buffers outside of it. */
const mib = () => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1024 / 1024
}

/** After every storm the station answers, its honest child is online, and its ledger is whole. */
async function standsAsBefore(within?: number): Promise<void> {
  const { url, station } = tree.at(prefecture)
  expect((await fetch(`${url}/api/health`)).status).toBe(200)
  await until('the honest county online', async () => (await station.links.list()).some((l) => l.peer === county && l.state === 'online'), within)
  expect((await station.ledger.verify()).bad).toEqual([])
}

test(`${messages} fuzzed frames from strangers at /link`, async () => {
  const random = randomFrom(seed)
  const before = mib()
  const sound = [
    ...soundFrames(child.address, prefecture, child.signer.publicKey), ...soundFrames(county, prefecture, child.signer.publicKey),
    ...soundFrames('65/6529/659999', '65', child.signer.publicKey),
  ]
  const tally = await fuzzSocket({
    url: `${tree.at(prefecture).url.replace('http', 'ws')}/link`, messages, atOnce: 20, perSocket: 6, next: () => nastyMessage(sound, random),
  })
  console.log(`link fuzz seed ${seed}: ${JSON.stringify(tally)}, memory +${Math.round(mib() - before)} MiB`)
  expect(tally.sent).toBe(messages)
  expect(mib() - before).toBeLessThan(maxGrowthMiB)
  await standsAsBefore()
}, 600_000)

test('fuzzed frames from an enrolled child that has proven its key', async () => {
  const random = randomFrom(seed + 1)
  const sound = soundFrames(child.address, prefecture, child.signer.publicKey)
  const stops: Record<string, number> = {}
  const rounds = Math.min(400, Math.ceil(messages / 100))
  for (let i = 0; i < rounds; i++) {
    const line = await dial(tree.at(prefecture), child.address, child.signer, i % 2 === 0 ? () => undefined : undefined)
    for (let n = 0; n < 30 && line.stopped === null && line.isOpen; n++) line.sendRaw(random() < 0.5 ? nastyLive(random) : nastyMessage(sound, random))
    await line.closed
    stops[line.stopped ?? 'closed'] = (stops[line.stopped ?? 'closed'] ?? 0) + 1
  }
  console.log(`link fuzz of a proven child: ${JSON.stringify(stops)}`)
  await standsAsBefore()
}, 600_000)

test(`${messages} fuzzed messages at /api/live from a signed-in screen; without a session none is heard`, async () => {
  const random = randomFrom(seed + 2)
  const { url } = tree.at(prefecture)
  const { token } = await tree.at(prefecture).as('duty')
  const before = mib()
  const live = `${url.replace('http', 'ws')}/api/live`
  const next = () => (random() < 0.5 ? nastyLive(random) : nastyMessage(soundFrames(county, prefecture, ''), random))
  const tally = await fuzzSocket({ url: live, protocols: ['fengsui.live', `bearer.${token}`], messages, atOnce: 20, perSocket: 20, next })
  console.log(`live fuzz seed ${seed}: ${JSON.stringify(tally)}, memory +${Math.round(mib() - before)} MiB`)
  expect(tally.sent).toBe(messages)
  const stranger = await rawBytes(url, ['GET /api/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'], 5_000)
  expect(stranger).toContain('401')
  expect(mib() - before).toBeLessThan(maxGrowthMiB)
  await standsAsBefore()
}, 600_000)

test('broken upgrades and broken WebSocket bytes end, and nothing is left hanging', async () => {
  const random = randomFrom(seed + 3)
  const { url } = tree.at(prefecture)
  const upgrade = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`
  const noise = () => Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)))
  // A reserved opcode, an unmasked frame, a control frame too long, a length of 2^63, a compressed frame that is none.
  const wrongFrames = ['8f00', '81056162636465', '89fe010000000000', '81ff800000000000000000000000', 'c18400000000deadbeef'].map((hex) => Buffer.from(hex, 'hex'))
  const attempts = [
    ...wrongFrames.map((frame) => [upgrade('/link', 'Sec-WebSocket-Extensions: permessage-deflate\r\n'), frame]),
    ...Array.from({ length: 40 }, () => [upgrade(random() < 0.5 ? '/link' : '/api/live'), noise()]),
    [upgrade('/nothing')], [upgrade('/link', 'Sec-WebSocket-Key: twice\r\n')], [upgrade('/link?'.padEnd(4_000, 'x'))], [upgrade('//link')], [upgrade('/%2e%2e/link')], [upgrade('*')],
    [`GET /link HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`], [noise()], ['GET / HTTP/9.9\r\n\r\n'], [`GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(5_000)}\r\n`],
  ]
  const answers = await Promise.all(attempts.map((pieces) => rawBytes(url, pieces, 12_000)))
  expect(answers.flatMap((answer, i) => (answer === null ? [String(attempts[i]![0]).slice(0, 60)] : []))).toEqual([])
  await standsAsBefore()
}, 60_000)

test('three hundred sockets that say nothing do not keep a child out', async () => {
  const { url } = tree.at(prefecture)
  const { port, hostname } = new URL(url)
  const upgrade = 'GET /link HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  const silent: Socket[] = []
  for (let i = 0; i < 300; i++) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.write(upgrade)
    silent.push(socket)
  }
  await until('the silent sockets taken or refused', async () => silent.every((socket) => socket.bytesRead > 0 || socket.destroyed))
  tree.at(county).station.links.cut(prefecture)
  tree.at(county).station.links.heal(prefecture)
  await standsAsBefore(5_000)
  for (const socket of silent) socket.destroy()
}, 60_000)

test('a frame decoder never throws and names its fault', () => {
  const random = randomFrom(seed + 4)
  const sound = soundFrames(county, prefecture, child.signer.publicKey)
  let faults = 0
  for (let i = 0; i < messages; i++) {
    const message = nastyMessage(sound, random)
    const decoded = decodeFrame(typeof message === 'string' ? message : message.toString('utf8'))
    if ('fault' in decoded) {
      faults++
      expect(decoded.fault.length).toBeGreaterThan(0)
    }
  }
  expect(faults).toBeGreaterThan(messages / 3)
})
