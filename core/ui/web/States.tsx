import { Alert, Button, Spin } from 'antd'
import type { ReactNode } from 'react'
import { isApiFault } from './api.ts'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

export function Loading({ label }: { label?: string }) {
  const say = useText(uiTexts)
  return <div className="state" role="status"><Spin /><span>{label ?? say('state.loading')}</span></div>
}

/** Nothing to show, and what the reader may do about it. */
export function Empty({ children, action }: { children?: ReactNode; action?: ReactNode }) {
  const say = useText(uiTexts)
  return <div className="state"><span>{children ?? say('state.empty')}</span>{action}</div>
}

/** A fault in plain words; the fields it names, when the form does not show them itself. */
export function FaultNote({ error, onRetry, fields = true }: { error: unknown; onRetry?: () => void; fields?: boolean }) {
  const say = useText(uiTexts)
  const words = error instanceof Error && isApiFault(error) ? error.message : say('fault.unknown')
  const errors = isApiFault(error) && fields ? error.problem.errors : []
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={words}
      description={errors.length > 0 ? <ul className="plain-list">{errors.map((e) => <li key={`${e.field} ${e.message}`}>{e.message}</li>)}</ul> : undefined}
      action={onRetry ? <Button size="small" onClick={onRetry}>{say('fault.retry')}</Button> : undefined}
    />
  )
}

/** The three states of anything fetched; `children` draws the data. */
export function Fetched<T>({ query, children }: { query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <FaultNote error={query.error} onRetry={() => { void query.refetch() }} />
  return <Loading />
}
