import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { decodeMessage, encodeMessage } from '#core/live/messages.ts'
import { openScreen, when } from '#lab/live/screen.ts'
import { client, until, type Client } from '#lab/federation/client.ts'
import { against, compare, type Compared } from './measure.ts'
import { benchStroke, plotOf } from './plotIncident.ts'
import type { FourStations } from './stations.ts'

const writers = 10
/** One writer after another, and each waits for its own: how fast this goes does not matter. */
const atOnce = 50

/**
 * A client that has nothing opens a layer of 10,000 strokes: from dialling to every value at hand. Baseline: the same state in one message
 * over a bare `ws`, applied to a bare document. `cold`: the first to ask after the station was started again.
 */
export async function openPlot(stations: FourStations, { strokes, rounds }: { strokes: number; rounds: number }): Promise<{ warm: Compared; cold: Compared }> {
  const plot = await plotOf(stations)
  const doc = plot.doc.county
  await fill(stations.county.url, plot.duty.county, doc, strokes)
  const path = join(stations.folder(stations.county), 'bare.bin')
  writeFileSync(path, await stateOf(stations.county.url, plot.duty.county, doc))
  const sender = fork(fileURLToPath(new URL('blobSender.ts', import.meta.url)), [path], { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] })
  const [{ port }] = await once(sender, 'message') as [{ port: number }]
  const bare = () => bareOpening(`ws://127.0.0.1:${port}`, strokes)
  const ours = async () => opening(stations.county.url, await known(plot.duty.county), doc, strokes)
  try {
    const warm = await compare(rounds, ours, bare)
    const [cold, beside]: number[][] = [[], []]
    for (let round = 0; round < rounds; round++) {
      await stations.county.stop()
      stations.county.start()
      await stations.county.healthy()
      const caller = await known(await client(stations.county.url, 'duty'))
      cold!.push(await opening(stations.county.url, caller, doc, strokes))
      beside!.push(await bare())
    }
    return { warm, cold: against(cold!, beside!) }
  } finally {
    sender.disconnect()
    await once(sender, 'exit')
  }
}

async function fill(url: string, duty: Client, name: string, strokes: number): Promise<void> {
  for (let w = 0; w < writers; w++) {
    const screen = await openScreen(url, duty)
    const doc = screen.live.openDoc(name)
    await when('the layer', doc, () => doc.snapshot().state === 'live')
    for (let n = 0; n < strokes / writers; n++) {
      doc.set(`p${w}-${n}`, benchStroke(n, 8))
      if (n % atOnce === atOnce - 1) await until('what is drawn to be kept', async () => doc.snapshot().unsent === 0)
    }
    await screen.close()
  }
}

/** A caller whose answers about who is signed in are at hand: they are no part of what is measured. */
async function known(caller: Client): Promise<Client> {
  const answers = new Map<string, unknown>()
  for (const path of ['/api/station', '/api/session']) answers.set(path, await caller.get(path))
  return { ...caller, get: async <T>(path: string) => answers.get(path) as T }
}

async function opening(url: string, caller: Client, name: string, strokes: number): Promise<number> {
  const started = performance.now()
  const screen = await openScreen(url, caller)
  const doc = screen.live.openDoc(name)
  await when('all strokes', doc, () => doc.snapshot().values.size === strokes, 60_000)
  const took = performance.now() - started
  await screen.close()
  return took
}

async function bareOpening(url: string, strokes: number): Promise<number> {
  const started = performance.now()
  const socket = new WebSocket(url)
  const [data] = await once(socket, 'message') as [Buffer]
  const doc = new Y.Doc()
  Y.applyUpdate(doc, data)
  const values = new Map(doc.getMap('v').entries())
  const took = performance.now() - started
  socket.terminate()
  if (values.size !== strokes) throw new Error(`${values.size} strokes came instead of ${strokes}`)
  return took
}

/** The document as a station gives it to one who has nothing. */
async function stateOf(url: string, caller: Client, doc: string): Promise<Uint8Array> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, ['fengsui.live', `bearer.${caller.token}`])
  await once(socket, 'open')
  socket.send(encodeMessage({ k: 'open', doc, state: new Uint8Array() }))
  for (;;) {
    const [data, isBinary] = await once(socket, 'message') as [Buffer, boolean]
    const decoded = isBinary ? decodeMessage(data) : null
    if (!decoded || !('message' in decoded) || decoded.message?.k !== 'opened') continue
    socket.terminate()
    return decoded.message.update
  }
}
