import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { ReportAnswer } from '#modules/report/report.api.ts'
import { check } from './check.ts'
import { newOracle, type Crew } from './load.ts'
import type { StubbornClient } from './stubbornClient.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const basePort = 33_000 + (process.pid % 3000) * 8

test('real stations killed with SIGKILL under load lose nothing that they acknowledged and double nothing', async () => {
  const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--kills', '6', '--seed', '1', '--workers', '3', '--gap', '1500', '--base-port', String(basePort)],
      (fault, out) => resolve({ code: fault ? Number(fault.code) : 0, out }))
  })
  expect(out).toContain('✓ nothing lost, nothing doubled, every ledger verifies')
  expect(code).toBe(0)
}, 400_000)

const author = '65/6529'
const sound = {
  id: 'R', title: '断电试验第1号', facts: ['a', 'b', 'c'], instructions: [{ text: '核实' }],
  timeline: [{ type: 'report.received.v1', station: '65' }, { type: 'report.accepted.v1', station: '65' }],
} as unknown as ReportAnswer

/** What the check says when the region shows `there` of a report that its author holds whole. */
async function faultsWhen(there: Partial<ReportAnswer> | null, bad: unknown[] = [], listed = [sound]): Promise<string[]> {
  const client = (station: string, report: ReportAnswer | null): StubbornClient => ({
    station,
    get: async <Answer>(path: string) => (path.startsWith('/api/ledger') ? { checked: 3, bad } : path.startsWith('/api/reports?') ? { items: listed, total: listed.length } : report ?? undefined) as Answer,
    post: async () => ({ kind: 'unknown' }),
  })
  const crew = (station: string, report: ReportAnswer | null): Crew => ({ duty: client(station, report), leader: client(station, report), audit: client(station, report) })
  const oracle = newOracle()
  oracle.reports.set('R', { title: sound.title, author, signed: true })
  oracle.accepted.push({ report: 'R', station: '65' })
  oracle.instructions.push({ report: 'R', text: '核实', by: '65', to: author })
  return check(oracle, new Map([[author, crew(author, sound)], ['65', crew('65', there && { ...sound, ...there })]]))
}

test('the oracle is content with what is whole', async () => {
  expect(await faultsWhen({})).toEqual([])
})

test.each([
  ['a lost report', null, /65: the acknowledged report R .* is lost/],
  ['a lost fact', { facts: ['a', 'b'] }, /65: R has 2 facts, its author 3; missing c/],
  ['a doubled fact', { facts: ['a', 'b', 'c', 'c'] }, /65: R names a fact twice/],
  ['a lost instruction', { instructions: [] }, /shows the instruction by 65 0 times/],
  ['a doubled instruction', { instructions: [...sound.instructions, ...sound.instructions] }, /shows the instruction by 65 2 times/],
  ['a doubled receipt', { timeline: [...sound.timeline, sound.timeline[0]!] }, /shows 2 receipts by 65/],
  ['a lost acceptance', { timeline: sound.timeline.slice(0, 1) }, /shows the acceptance by 65 0 times/],
])('the oracle notices %s', async (_, there, words) => {
  expect((await faultsWhen(there as Partial<ReportAnswer> | null)).join('\n')).toMatch(words)
})

test('the oracle notices a ledger that does not verify, a report made twice, and that it was told nothing', async () => {
  expect((await faultsWhen({}, [{ fact: 'a', reason: 'bad-signature' }])).join()).toContain('a does not verify: bad-signature')
  expect((await faultsWhen({}, [], [sound, { ...sound, id: 'S' }])).join()).toContain('was made twice: R and S')
  expect(await check(newOracle(), new Map())).toEqual(['too little was acknowledged to show anything'])
})
