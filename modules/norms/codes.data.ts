import type { DefaultNorm } from './norms.values.ts'
export const codeNorms: DefaultNorm[] = []
