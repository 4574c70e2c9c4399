import { useEffect, type ReactNode } from 'react'
import { PartBoundary } from './PartBoundary.tsx'

/** A page's heading, its actions and its content. */
export function PageFrame({ title, aside, actions, children }: { title: ReactNode; aside?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="page">
      <header className="page-head">
        <h1 tabIndex={-1}>{title}</h1>
        {aside ? <div className="page-aside">{aside}</div> : null}
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {children}
    </section>
  )
}

/** A titled box on a page. */
export function Panel({ title, actions, children, className = '' }: { title?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={`panel ${className}`}>
      {title || actions ? <header className="panel-head">{title ? <h2>{title}</h2> : null}{actions ? <div className="page-actions">{actions}</div> : null}</header> : null}
      <PartBoundary of={children}>{children}</PartBoundary>
    </section>
  )
}

const titleParts = { page: '', station: '', badge: 0 }

/** The window's title: `(3) 值班 · 乌什县`. */
export function useWindowTitle(part: Partial<typeof titleParts>): void {
  const { page, station, badge } = part
  useEffect(() => {
    if (page !== undefined) titleParts.page = page
    if (station !== undefined) titleParts.station = station
    if (badge !== undefined) titleParts.badge = badge
    const words = [titleParts.page, titleParts.station].filter(Boolean).join(' · ')
    document.title = titleParts.badge > 0 ? `(${titleParts.badge}) ${words}` : words
  }, [page, station, badge])
}
