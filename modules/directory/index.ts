export { directoryFacts } from './directory.facts.ts'
export { currentKey, found, orThrow, stationSubjectOf, type PinnedRoot, type StationState } from './directory.rules.ts'
export { readEnrolmentToken, writeEnrolmentToken, type EnrolmentToken } from './enrolment.ts'
