import { useId, type ReactNode } from 'react'

/** A labelled field with its faults beneath; the control inside takes the ids so that a screen reader says them. */
export function Field({ label, hint, faults = [], wanted = false, wide = false, children }: {
  label: string
  hint?: ReactNode
  faults?: readonly string[]
  /** The station asks for it before sending. */
  wanted?: boolean
  wide?: boolean
  children: (control: { id: string; 'aria-describedby': string; 'aria-invalid': boolean; status: 'error' | '' }) => ReactNode
}) {
  const id = useId()
  const note = `${id}-note`
  return (
    <div className={`field${wide ? ' field-wide' : ''}`} data-faulty={faults.length > 0 || undefined}>
      <label htmlFor={id}>{label}{wanted ? <span className="field-wanted" aria-hidden="true"> *</span> : null}</label>
      {children({ id, 'aria-describedby': note, 'aria-invalid': faults.length > 0, status: faults.length > 0 ? 'error' : '' })}
      <div id={note} className="field-note">
        {faults.map((fault) => <div key={fault} className="field-fault" role="alert">{fault}</div>)}
        {hint ? <div className="soft small">{hint}</div> : null}
      </div>
    </div>
  )
}

/** A part of the form that unfolds. Native, so the keyboard and a search in the page know it. */
export function Fold({ title, open = false, count, children }: { title: string; open?: boolean; count?: number; children: ReactNode }) {
  return (
    <details className="fold panel" open={open || undefined}>
      <summary>{title}{count ? <span className="mark mark-blue">{count}</span> : null}</summary>
      <div className="fold-body">{children}</div>
    </details>
  )
}
