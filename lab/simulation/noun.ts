import { refuse, type Address } from '#core/kernel/index.ts'
import { kindOfSubject, type Fact, type SubjectType } from '#core/ledger/index.ts'

/**
 * The noun of the simulated offices: a case with one owner, handed over, claimed, noted on and closed. Its admission
 * depends on the order of facts on purpose, so that a station that folds in the order of arrival is found out.
 */
export interface CaseState {
  owner: Address | null
  open: boolean
  notes: number[]
  received: Address[]
  /** Filled by `case.shone.v1`, which only newer stations know. */
  shine: number
}

export const caseKind = 'case'

const known = ['case.opened.v1', 'case.noted.v1', 'case.handed.v1', 'case.closed.v1', 'case.reopened.v1', 'case.received.v1']

/** Whether a station of this version reads a fact: others it keeps and passes on (SPEC L-13). */
export function knows(version: 1 | 2, fact: Pick<Fact, 'type' | 'subject'>): boolean {
  return kindOfSubject(fact.subject) === caseKind && (known.includes(fact.type) || (version === 2 && fact.type === 'case.shone.v1'))
}

export function caseSubject(version: 1 | 2): SubjectType<CaseState> {
  return {
    kind: caseKind,
    start: () => ({ owner: null, open: false, notes: [], received: [], shine: 0 }),
    admit: (fact, state) => {
      if (fact.type === 'case.opened.v1') return state.owner === null ? null : refuse('case.open-already', '已立案', 'Open already')
      if (state.owner === null) return refuse('case.unknown', '未立案', 'Not opened')
      // Like every fact but the first: one that a mended clock puts before the opening begins no case (SPEC L-18).
      if (fact.type === 'case.received.v1' || fact.type === 'case.shone.v1') return null
      if (fact.type === 'case.reopened.v1') return state.open ? refuse('case.is-open', '未结案', 'Not closed') : null
      if (!state.open) return refuse('case.closed', '已结案', 'Closed')
      if (fact.type === 'case.noted.v1') return null
      return state.owner === fact.station ? null : refuse('case.not-yours', '不是承办单位', 'Not yours')
    },
    evolve: (state, fact) => {
      switch (fact.type) {
        case 'case.opened.v1': return { ...state, owner: fact.station, open: true }
        case 'case.noted.v1':
          // What a liar plants: a body that the fold of this version cannot take.
          if (fact.body.n === 'poison') throw new TypeError('cannot fold')
          return { ...state, notes: [...state.notes, fact.body.n as number] }
        case 'case.handed.v1': return { ...state, owner: fact.body.owner as Address }
        case 'case.closed.v1': return { ...state, open: false }
        case 'case.reopened.v1': return { ...state, open: true }
        case 'case.received.v1': return { ...state, received: [...state.received, fact.station] }
        case 'case.shone.v1': return version === 2 ? { ...state, shine: state.shine + (fact.body.n as number) } : state
        default: return state
      }
    },
  }
}
