import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { refuse, systemClock } from '#core/kernel/index.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { encode, type Statement, type SubjectType } from '../index.ts'
import { testDirectory } from '../testNote.ts'
import { ledgerTables } from './ledger.tables.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from './nodeCrypto.ts'
import { openLedger } from './openLedger.ts'

/** A box must be opened before anything is put into it. */
const box: SubjectType<{ open: boolean; things: number[] }> = {
  kind: 'box',
  start: () => ({ open: false, things: [] }),
  admit: (fact, state) => (fact.type === 'box.filled.v1' && !state.open ? refuse('box.closed', '未打开', 'Not open') : null),
  evolve: (state, fact) => (fact.type === 'box.opened.v1' ? { ...state, open: true } : { ...state, things: [...state.things, fact.body.n as number] }),
}

test('L-11 a fact that came too early and was refused is admitted when the one that belongs before it arrives', async () => {
  const [self, county] = ['65', '65/6529']
  const signer = nodeSigner(newPrivateKey())
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-ledger-'))
  const database = openDatabase(join(folder, 'station.db'))
  await migrate(database, ledgerTables, 0)
  const ledger = await openLedger({
    database, clock: systemClock, signer: nodeSigner(newPrivateKey()), crypto: nodeCrypto, outbox: { enqueue: async () => undefined },
    directory: testDirectory(self, [{ address: county, publicKey: signer.publicKey }]),
    parts: [{ facts: { 'box.opened.v1': z.strictObject({}), 'box.filled.v1': z.strictObject({ n: z.int() }) }, subjects: [box as never] }],
  })
  const wire = (seq: number, prev: string, type: string, body: Statement['body']) => {
    const text = encode({ type, subject: 'box/1', station: county, seq, prev, at: [1_700_000_000_000 + seq, 0], actor: { id: 'p', name: '值班员' }, to: ['up'], mode: 'actual', body } satisfies Statement)
    return { text, sig: signer.sign(text), id: nodeCrypto.sha256(text) }
  }
  const one = wire(1, '', 'box.opened.v1', {})
  const two = wire(2, one.id, 'box.filled.v1', { n: 2 })
  await ledger.accept([two], county)
  expect((await ledger.factsOf('box/1')).map((f) => [f.status, f.reason])).toEqual([['refused', 'box.closed']])
  await ledger.accept([one], county)
  await ledger.accept([wire(3, two.id, 'box.filled.v1', { n: 3 })], county)
  expect(await ledger.state(box, 'box/1')).toEqual({ open: true, things: [2, 3] })
  expect((await ledger.factsOf('box/1')).map((f) => f.status)).toEqual(['admitted', 'admitted', 'admitted'])
  await database.close()
  rmSync(folder, { recursive: true })
})
