import { z } from 'zod'
import { noteSubject, noteFacts } from '#core/ledger/testNote.ts'
import type { FactDraft, SubjectType } from '#core/ledger/index.ts'
import type { LedgerPart } from '#core/ledger/server/ledger.ts'
import type { Migration } from '#core/sql/server/database.ts'

/** A noun the size of a report: a command decided from state, facts of some hundred bytes, one row of a table rewritten with each. */
interface NoticeState { author: string | null; title: string; texts: number; changedAt: number }

interface NoticeTable { subject: string; author: string; title: string; texts: number; changed_at: number; row: string }

export const noticeType: SubjectType<NoticeState> = {
  kind: 'notice',
  start: () => ({ author: null, title: '', texts: 0, changedAt: 0 }),
  admit: () => null,
  evolve: (state, fact) => ({
    author: state.author ?? fact.station, title: (fact.body as { title: string }).title, texts: state.texts + 1, changedAt: fact.at[0],
  }),
}

const noticeFacts = {
  'notice.posted.v1': z.strictObject({
    title: z.string().min(1).max(120),
    text: z.string().max(20_000),
    place: z.strictObject({ division: z.string(), lon: z.number(), lat: z.number() }),
    figures: z.record(z.string(), z.int().min(0).nullable()),
  }),
}

export const noticeTables: Migration[] = [{
  name: 'notice-001',
  up: async (db) => {
    await db.schema.createTable('notice')
      .addColumn('subject', 'text', (c) => c.primaryKey())
      .addColumn('author', 'text', (c) => c.notNull())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('texts', 'integer', (c) => c.notNull())
      .addColumn('changed_at', 'bigint', (c) => c.notNull())
      .addColumn('row', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('notice_by_change').on('notice').column('changed_at').execute()
  },
}]

/** Folded and projected. */
export const noticePart: LedgerPart = {
  facts: noticeFacts,
  subjects: [noticeType as SubjectType],
  project: {
    notice: async ({ tx }, subject, state: NoticeState) => {
      const row = { author: state.author ?? '', title: state.title, texts: state.texts, changed_at: state.changedAt, row: JSON.stringify(state) }
      await tx.withTables<{ notice: NoticeTable }>().insertInto('notice').values({ subject, ...row })
        .onConflict((c) => c.column('subject').doUpdateSet(row)).execute()
    },
  },
}

/** Folded only: what the ledger itself costs. */
export const notePart: LedgerPart = { facts: noteFacts, subjects: [noteSubject as SubjectType] }

/** Facts of one noticed thing before the next begins. */
const factsPerSubject = 4
const text = '2024年1月23日2时9分，乌什县亚曼苏乡附近发生7.1级地震，震源深度22公里，县城震感强烈。县应急指挥部已启动一级响应，消防、医疗、公安队伍赶赴震中，人员伤亡和房屋倒损情况正在核查，续报随后。'

export function noticeDraft(n: number): FactDraft {
  return {
    type: 'notice.posted.v1', subject: `notice/${Math.floor(n / factsPerSubject)}`, to: ['ancestors'],
    body: { title: `乌什县7.1级地震第${n}报`, text, place: { division: '652927', lon: 78.63, lat: 41.26 }, figures: { deaths: n % 3, missing: null, trapped: n % 7 } },
  }
}

export function noteDraft(n: number): FactDraft {
  return { type: 'note.written.v1', subject: `note/${Math.floor(n / factsPerSubject)}`, to: ['ancestors'], body: { line: `${n} ${text}` } }
}
