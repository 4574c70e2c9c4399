import type { ReactNode } from 'react'

/** Signal colours, from harmless to alarming; `blue` is for what is merely marked. */
export type Tone = 'plain' | 'blue' | 'good' | 'notice' | 'warn' | 'alarm'

/** A small coloured label. Colour never says anything that its words do not. */
export function Mark({ tone = 'plain', solid = false, children }: { tone?: Tone; solid?: boolean; children: ReactNode }) {
  return <span className={`mark mark-${tone}${solid ? ' mark-solid' : ''}`}>{children}</span>
}

/** A light: green, amber or red, with words for those who do not see it. */
export function Light({ tone, label }: { tone: Tone; label: string }) {
  return <span className={`light light-${tone}`} role="img" aria-label={label} />
}
