/**
 * For `report`: open with the draft, assess when the report goes out.
 *
 *   for (const d of openIncident({ subject: newSubject('incident', w.self, mode, w.now), code, … }, { self, norms })) await w.append(d)
 *   const state = await w.state(incidentType, incidentSubject(incidentId))
 *   const drafts = assessIncident(state, { report: reportId, figures, attributes, level }, { self, norms })   // or a Refusal
 *   gradeOf(state).reporting → deadlines and audience (`audienceFor(norms, self, grade)` of norms)
 */
export { incidentSubject } from './incident.facts.ts'
export { assessIncident, openIncident, previewGrade, shareIncident, type AssessIncident, type IncidentContext, type OpenIncident } from './incident.commands.ts'
export { incidentType, isConcerned, isInCharge } from './incident.rules.ts'
export { differencesOf, gradeOf, mergedInto, statusOf, type FigureChange, type IncidentGrade, type IncidentState } from './incident.state.ts'
export { incidentRow, isParty } from './incident.view.ts'
