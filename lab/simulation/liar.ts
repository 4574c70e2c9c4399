import type { Address } from '#core/kernel/index.ts'
import type { Fact, Statement } from '#core/ledger/index.ts'
import type { Frame } from '#core/replicate/index.ts'
import type { Desk } from './commands.ts'
import type { MemoryLedger } from './memoryLedger.ts'
import type { Random } from './random.ts'

const day = 86_400_000
const year = 365 * day

/** What an enrolled station that lies states next, over its true link with its true key. */
export function lie(random: Random, desk: Desk, ledger: MemoryLedger, now: number): Fact[] {
  const own = `case/lie-${ledger.self.replaceAll(/[^0-9a-z]/g, '')}-${random.between(1, 9)}`
  const foreign = desk.cases.length > 0 ? random.pick(desk.cases) : own
  const say = (statement: Partial<Statement>, isNext = true) => ledger.forge({ at: [Math.max(0, now), 0], ...statement }, isNext)
  const dice = random.between(1, 14)
  switch (dice) {
    case 1: return [say({ type: 'case.opened.v1', subject: own, to: ['ancestors'], body: {} }), say({ type: 'case.noted.v1', subject: own, body: { n: 'poison' }, at: [now, 1] })]
    case 2: return [say({ type: 'case.peeked.v1', subject: foreign, to: ['all'], body: {} })]
    case 3: return [say({ type: 'case.handed.v1', subject: foreign, to: ['all'], body: { owner: ledger.self } })]
    case 4: return [say({ type: 'case.noted.v1', subject: foreign, to: [ledger.self], body: { n: -7 } })]
    case 5: return [say({ type: 'case.closed.v1', subject: foreign, to: ['all'], at: [now + random.between(day, 20 * year), 0] }, false)]
    case 6: return [say({ type: 'case.noted.v1', subject: own, at: [now + 9_000, 2 ** 32], body: { n: 1 }, to: ['all'] })]
    case 7: return [say({ type: 'case.noted.v1', subject: own, at: [now, 2 ** 53 - 1], body: { n: 1 }, to: ['all'] }, false)]
    case 8: return [say({ type: 'case.noted.v1', subject: own, seq: 2 ** 53 - 1, prev: 'a'.repeat(64), body: { n: 1 }, to: ['all'] }, false)]
    case 9: return [say({ type: 'case.opened.v1', subject: foreign, at: [Math.max(0, now - 20 * year), 0], to: ['all'] }, false)]
    case 10: return [say({ type: 'gadget.made.v3', subject: foreign, to: ['all'] }, false), say({ type: 'case.noted.v1', subject: `${own}.x`, to: ['all'] }, false)]
    case 11: return [say({ type: 'gadget.made.v9', subject: `gadget/lie-${random.between(1, 99)}`, to: ['all'], body: { x: 'y'.repeat(500) } })]
    case 12: return [say({ type: 'station.clockMended.v1', subject: `station/${ledger.self}`, at: [Math.max(0, now - day), 1], body: { fromSeq: 1 }, to: ['all'] }, false)]
    case 13: return [say({ type: 'station.enrolled.v1', subject: 'station/65/1', to: ['all'], body: {} }, false)]
    default: return [say({ type: 'case.received.v1', subject: foreign, to: ['all'] })]
  }
}

/** What it says of its parent, in the place of what a link says there. */
export function falseFrames(random: Random, frame: Frame, parent: Address): Frame[] {
  if (frame.k === 'resume') {
    const dice = random.next()
    if (dice < 0.3) return [{ ...frame, taken: { epoch: random.pick([1, 2, 99, 2 ** 19]), n: random.between(1, 1000), head: 'a'.repeat(64) } }]
    if (dice < 0.5) return [frame, { k: 'stop', code: random.pick(['restored-backup', 'forked', 'clone'] as const), who: parent }]
  }
  return random.chance(0.002) ? [frame, { k: 'stop', code: 'restored-backup', who: parent }] : [frame]
}
