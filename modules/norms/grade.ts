/** 事件级别: I 特别重大, II 重大, III 较大, IV 一般. A *grade* is of an incident; a *level* 层级 is of a station. */
export const grades = ['I', 'II', 'III', 'IV'] as const
export type Grade = (typeof grades)[number]

/** The graver of two grades; null is none. */
export function graver(a: Grade | null, b: Grade | null): Grade | null {
  if (a === null || b === null) return a ?? b
  return grades.indexOf(a) <= grades.indexOf(b) ? a : b
}

/** `raise('III', 1)` → `II`; never beyond I. */
export function raise(grade: Grade, steps: number): Grade {
  return grades[Math.max(0, grades.indexOf(grade) - steps)] ?? 'I'
}

export const gradeNames: Record<Grade, { zh: string; en: string }> = {
  I: { zh: '特别重大', en: 'Level I (extraordinary)' },
  II: { zh: '重大', en: 'Level II (major)' },
  III: { zh: '较大', en: 'Level III (serious)' },
  IV: { zh: '一般', en: 'Level IV (ordinary)' },
}
