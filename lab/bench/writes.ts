import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { FactDraft, Signer } from '#core/ledger/index.ts'
import { benchStation, child } from './benchStation.ts'
import { compare, rate, type Compared } from './measure.ts'
import { noteDraft, noticeDraft } from './notice.ts'

/**
 * Durable facts per second, one command after the other, each committed before the next: signed, folded, projected, queued to one peer.
 * Baseline: the bytes of those very facts put into one table of a bare `node:sqlite`, one transaction each, WAL and `synchronous=FULL` too.
 */
export async function writes(keys: ReadonlyMap<string, Signer>, size: { rounds: number; facts: number }): Promise<{ notice: Compared; note: Compared }> {
  return { notice: await compareWrites(noticeDraft, keys, size), note: await compareWrites(noteDraft, keys, size) }
}

async function compareWrites(draft: (n: number) => FactDraft, keys: ReadonlyMap<string, Signer>, { rounds, facts }: { rounds: number; facts: number }): Promise<Compared> {
  const station = await benchStation(child, keys)
  let n = 0
  await station.state(draft(n++))
  const [sample] = await station.wires(0, 1)
  const bare = bareTable(join(station.folder, 'bare.db'))
  try {
    return await compare(
      rounds,
      () => rate(facts, async () => { for (let i = 0; i < facts; i++) await station.state(draft(n++)) }),
      () => rate(facts, () => { for (let i = 0; i < facts; i++) bare.insert(sample!.text, sample!.sig) }),
    )
  } finally {
    bare.close()
    await station.close()
  }
}

/** The least that can be done to keep such bytes as durably. */
export function bareTable(path: string) {
  const db = new DatabaseSync(path)
  db.exec('pragma journal_mode = wal; pragma synchronous = full; create table kept (position integer primary key, text text not null, sig text not null)')
  const insert = db.prepare('insert into kept (text, sig) values (?, ?)')
  return {
    insert: (text: string, sig: string) => { insert.run(text, sig) },
    close: () => db.close(),
  }
}
