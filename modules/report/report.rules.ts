import type { SubjectType } from '#core/ledger/index.ts'
import { admitReport } from './report.admit.ts'
import { evolveReport, startReport, type ReportState } from './report.state.ts'

/**
 * The rules of the noun *report*, in four pure files: who may state what (`report.admit.ts`), what follows from it
 * (`report.state.ts`), what a command states (`report.decide.ts`), which clocks run (`report.deadlines.ts`).
 */
export const reportType: SubjectType<ReportState> = { kind: 'report', start: startReport, admit: admitReport, evolve: evolveReport }
