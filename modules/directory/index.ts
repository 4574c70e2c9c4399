export { directoryFacts } from './directory.facts.ts'
export { currentKey, orThrow, stationSubjectOf, type PinnedRoot, type StationState } from './directory.rules.ts'
