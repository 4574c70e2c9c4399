export { grades, graver, raise, gradeNames, type Grade } from './grade.ts'
export { measureNames, reportKinds, type Attributes, type FigureName, type Figures, type NormKey, type ReportKind } from './norms.values.ts'
export { attributesSchema, eventCode, figuresSchema, gradeSchema, placeSchema, stampSchema, type Place } from './norms.observation.ts'
export { effectiveNorms, normsByStamp, shippedNorms, type Norms, type NormsStamp, type Publication } from './norms.effective.ts'
export { normsType, type NormsState } from './norms.rules.ts'
export { normsSubject } from './norms.facts.ts'
export { gradeIncident, measuresFor, type Grading, type Observation, type SatisfiedClause } from './norms.grading.ts'
export {
  audienceFor, deadlineMs, expectedFields, findCode, mayConfirm, qualityWeights, requiredFields, searchCodes,
  type CodeEntry, type DeadlineKind,
} from './norms.lookup.ts'
