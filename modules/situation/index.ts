export { situationAccess } from './situation.access.ts'
