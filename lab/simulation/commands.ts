import { reaches, type Fact } from '#core/ledger/index.ts'
import type { Address } from '#core/kernel/index.ts'
import type { MemoryLedger } from './memoryLedger.ts'
import type { Random } from './random.ts'

/** Cases opened so far, for people to work on; old ones are left alone. */
export interface Desk { cases: string[]; count: number }

const recent = 400

/** What a member of staff does next at a station: mostly opens cases and notes on them, sometimes hands over, closes, widens. */
export function work(random: Random, desk: Desk, addresses: readonly Address[]): (ledger: MemoryLedger) => (Fact | null)[] {
  return (ledger) => {
    const subject = desk.cases.length > 0 && random.chance(0.6) ? desk.cases[Math.max(0, desk.cases.length - recent) + random.between(0, Math.min(recent, desk.cases.length) - 1)]! : null
    const entry = subject === null ? undefined : ledger.disk.subjects.get(subject)
    // People work on what is meant for their office, not on what merely passes through it.
    if (subject === null || !entry || entry.state.owner === null || !reaches(entry.reach, ledger.self)) return [open(random, desk, addresses, ledger)]
    const n = desk.count++
    const to = random.chance(0.12) ? [random.pick(addresses)] : []
    const dice = random.next()
    const state = (type: string, body: Record<string, unknown> = {}, audience: string[] = []) => ledger.append({ type, subject, to: audience, body })
    if (dice < 0.06 && ledger.version === 2) return [state('case.shone.v1', { n })]
    if (dice < 0.16) {
      const owner = random.pick(addresses)
      return [state('case.handed.v1', { owner }, [owner])]
    }
    if (dice < 0.26) return [state('case.closed.v1')]
    if (dice < 0.36) return [state('case.reopened.v1')]
    // Two facts in one command commit together.
    return random.chance(0.1) ? [state('case.noted.v1', { n }), state('case.noted.v1', { n: -n }, to)] : [state('case.noted.v1', { n }, to)]
  }
}

function open(random: Random, desk: Desk, addresses: readonly Address[], ledger: MemoryLedger): Fact | null {
  const n = desk.count++
  if (random.chance(0.03)) return ledger.append({ type: 'gadget.made.v3', subject: `gadget/${n}`, to: audience(random, addresses), body: { n } })
  const subject = `case/${n}`
  desk.cases.push(subject)
  const to = audience(random, addresses)
  // Where everyone would answer everyone, nobody answers: a hundred and fifty receipts to a hundred and fifty offices prove nothing more.
  return ledger.append({ type: 'case.opened.v1', subject, to, body: { receipt: random.chance(0.3) && !to.includes('all') && !to.includes('subtree') } })
}

function audience(random: Random, addresses: readonly Address[]): string[] {
  const dice = random.next()
  if (dice < 0.4) return ['ancestors']
  if (dice < 0.65) return ['up']
  if (dice < 0.77) return []
  if (dice < 0.9) return [random.pick(addresses)]
  if (dice < 0.95) return [random.pick(addresses), random.pick(addresses), 'up']
  return dice < 0.998 ? ['subtree'] : ['all']
}
