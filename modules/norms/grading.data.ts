import type { DefaultNorm } from './norms.values.ts'
export const gradingNorms: DefaultNorm[] = []
