import { codeNorms } from './codes.data.ts'
import { gradingNorms } from './grading.data.ts'
import { reportingNorms } from './reporting.data.ts'
import type { DefaultNorm } from './norms.values.ts'

/**
 * What every station starts from. These lines never change once released: stations of different versions must judge
 * the same publication alike. A later edition is published by the top of the tree, like any other change.
 */
export const defaultNorms: readonly DefaultNorm[] = [...codeNorms, ...gradingNorms, ...reportingNorms]
