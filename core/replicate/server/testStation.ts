import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { systemClock, type Address, type Clock } from '#core/kernel/index.ts'
import type { Directory, Signer, StationCard } from '#core/ledger/index.ts'
import { newPrivateKey, nodeCrypto, nodeSigner, sha256Bytes } from '#core/ledger/server/nodeCrypto.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import { ledgerTables } from '#core/ledger/server/ledger.tables.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { noteFacts, noteSubject, testDirectory } from '#core/ledger/testNote.ts'
import type { Files } from '#core/files/server/files.ts'
import type { Database } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { linkTables } from './link.tables.ts'
import { createLinks, type Links, type LinksOptions } from './links.ts'
import { createOutbox } from './outbox.ts'

const pictured = z.strictObject({ attachments: z.array(z.json()) })

export const quickTiming = { backoffMin: 20, backoffMax: 100, stopped: 150, cutByPeer: 30, ping: 200, dead: 600, probe: 150, handshake: 2_000, refill: 20 }

/** Files in memory: the same promises as the folder, nothing on the disk. */
export function memoryFiles(): Files & { held: Map<string, Buffer>; partials: Map<string, Buffer>; add(bytes: Buffer): string } {
  const held = new Map<string, Buffer>()
  const partials = new Map<string, Buffer>()
  const cardOf = (sha256: string) => ({ sha256, size: held.get(sha256)!.length, mediaType: 'application/octet-stream' })
  const add = (bytes: Buffer) => {
    const sha256 = sha256Bytes(bytes)
    held.set(sha256, bytes)
    return sha256
  }
  return {
    held, partials, add,
    put: async (stream) => {
      const parts: Buffer[] = []
      for await (const part of stream) parts.push(part as Buffer)
      return cardOf(add(Buffer.concat(parts)))
    },
    card: async (sha256) => (held.has(sha256) ? cardOf(sha256) : undefined),
    sound: async (sha256) => (held.has(sha256) ? cardOf(sha256) : undefined),
    lost: async () => [],
    onChange: () => () => false,
    open: (sha256, start = 0, end = Infinity) => Readable.from([held.get(sha256)!.subarray(start, end + 1)]),
    partial: async (sha256, source) => partials.get(`${sha256} ${source}`)?.length ?? 0,
    appendPartial: async (sha256, source, offset, chunk) => {
      const key = `${sha256} ${source}`
      partials.set(key, Buffer.concat([(partials.get(key) ?? Buffer.alloc(0)).subarray(0, offset), chunk]))
    },
    dropPartial: async (sha256, source) => { partials.delete(`${sha256} ${source}`) },
    finishPartial: async (sha256, source) => {
      const bytes = partials.get(`${sha256} ${source}`)!
      partials.delete(`${sha256} ${source}`)
      if (sha256Bytes(bytes) !== sha256) throw new Error('the bytes are not what their name says')
      return cardOf(add(bytes))
    },
  }
}

export interface TestStation {
  self: Address
  signer: Signer
  ledger: Ledger
  links: Links
  database: Database
  directory: Directory & { put(card: StationCard): void }
  files: ReturnType<typeof memoryFiles>
  url: string
  server: Server
  folder: string
  faults: unknown[]
  write(line: string, to: string[], subject?: string): Promise<string>
  lines(subject?: string): Promise<string[]>
  close(): Promise<void>
}

export interface TestTree {
  keys: Map<Address, Signer>
  /** Opens a station in a folder of its own (or a given one), listening on a free port (or a given one), dialling `parentUrl`. */
  open(self: Address, options?: { parentUrl?: string; folder?: string; port?: number; databaseUrl?: string; links?: Partial<LinksOptions>; start?: boolean; clock?: Clock }): Promise<TestStation>
  closeAll(): Promise<void>
}

/** Real stations with the note as their only noun, on loopback: everything but modules and routes. */
export function testTree(addresses: Address[]): TestTree {
  const keys = new Map<Address, Signer>(addresses.map((address) => [address, nodeSigner(newPrivateKey())]))
  const closing: (() => Promise<void>)[] = []
  return {
    keys,
    open: async (self, options = {}) => {
      const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'fengsui-links-'))
      const database = openDatabase(options.databaseUrl ?? join(folder, 'station.db'))
      await migrate(database, [...ledgerTables, ...linkTables], 0)
      const directory = testDirectory(self, [...keys].map(([address, signer]) => ({ address, publicKey: signer.publicKey })))
      const clock = options.clock ?? systemClock
      const outbox = createOutbox({ self, dialect: database.dialect, clock, sha256: nodeCrypto.sha256 })
      const signer = options.links?.signer ?? keys.get(self)!
      const ledger = await openLedger({
        database, clock, signer, crypto: nodeCrypto, directory, outbox,
        parts: [{ facts: { ...noteFacts, 'photo.taken.v1': pictured, 'note.pictured.v1': pictured }, subjects: [noteSubject as never], reactions: {} }],
      })
      const files = memoryFiles()
      const faults: unknown[] = []
      const links = await createLinks({
        ledger, outbox, database, files, clock, signer, parentUrl: options.parentUrl ?? null, timing: quickTiming,
        onFault: (_peer, fault) => { faults.push(fault) }, ...options.links,
      })
      const server = createServer()
      await new Promise<void>((done) => { server.listen(options.port ?? 0, '127.0.0.1', done) })
      if (options.start !== false) await links.start(server)
      let closed = false
      const station: TestStation = {
        self, signer, ledger, links, database, directory, files, server, folder, faults,
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        write: async (line, to, subject = 'note/n1') =>
          (await ledger.write({ id: 'p1', name: '值班员' }, (w) => w.append({ type: 'note.written.v1', subject, to, body: { line } }))).id,
        lines: async (subject = 'note/n1') => (await ledger.state(noteSubject, subject)).lines,
        close: async () => {
          if (closed) return
          closed = true
          await links.stop()
          server.closeAllConnections()
          await new Promise((done) => { server.close(done) })
          await database.close()
        },
      }
      closing.push(async () => {
        await station.close()
        if (!options.folder) rmSync(folder, { recursive: true, force: true })
      })
      return station
    },
    closeAll: async () => { for (const close of closing.splice(0).reverse()) await close() },
  }
}

/** Waits until `check` gives something, looking again at every turn; fails with what it last saw. */
export async function until<T>(check: () => Promise<T | false | undefined> | T | false | undefined, what: string, within = 10_000): Promise<T> {
  const end = Date.now() + within
  for (;;) {
    const found = await check()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((done) => { setTimeout(done, 5) })
  }
}
