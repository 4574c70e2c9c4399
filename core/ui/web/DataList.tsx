import { useNavigate } from '@tanstack/react-router'
import { Pagination } from 'antd'
import { useRef, type MouseEvent, type ReactNode } from 'react'
import { useKeys } from './keys.ts'
import type { Tone } from './Mark.tsx'
import { Empty } from './States.tsx'
import { said, useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

export interface Column<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  width?: number | string
  /** The server sorts by this name. */
  sort?: string
  /** Left out where the list becomes cards. */
  wideOnly?: boolean
  align?: 'right'
}

export interface Sorting {
  by: string
  descending: boolean
}

export interface Paging {
  page: number
  size: number
  total: number
  onPage: (page: number, size: number) => void
}

interface DataListProps<Row> {
  label: string
  rows: readonly Row[]
  rowKey: (row: Row) => string
  columns: readonly Column<Row>[]
  /** Draws the row's first cell as a link to its page; j, k and the arrows walk these links. */
  to?: (row: Row) => string
  edge?: (row: Row) => Tone
  sorting?: Sorting
  onSort?: (next: Sorting) => void
  paging?: Paging
  empty?: ReactNode
}

/** A table that becomes cards on a phone; the first column is the row's name and link. */
export function DataList<Row>(props: DataListProps<Row>) {
  const { label, rows, rowKey, columns, to, edge, sorting, onSort, paging, empty } = props
  const say = useText(uiTexts)
  const navigate = useNavigate()
  const body = useRef<HTMLTableSectionElement>(null)
  useListKeys(body)

  const open = (event: MouseEvent<HTMLTableRowElement>, row: Row) => {
    if (!to || (event.target instanceof HTMLElement && event.target.closest('a, button, input, label, .ant-checkbox-wrapper')) || getSelection()?.toString()) return
    void navigate({ to: to(row) })
  }

  if (rows.length === 0) return <Empty>{empty}</Empty>
  return (
    <>
      <div className="list-scroll">
        <table className="list" aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" style={{ width: column.width }} className={column.align === 'right' ? 'right' : undefined} aria-sort={sorting && column.sort === sorting.by ? (sorting.descending ? 'descending' : 'ascending') : undefined}>
                  {column.sort && onSort ? <SortButton column={column} sort={column.sort} sorting={sorting} onSort={onSort} /> : column.title || <span className="visually-hidden">{say('list.actions')}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((row) => (
              <tr key={rowKey(row)} className={`${to ? 'opens ' : ''}edge-${edge?.(row) ?? 'plain'}`} onClick={(event) => open(event, row)}>
                {columns.map((column, i) => (
                  <td key={column.key} data-label={column.title} className={`${column.align === 'right' ? 'right ' : ''}${column.wideOnly ? 'wide-only ' : ''}${i === 0 ? 'row-name' : ''}`}>
                    {i === 0 && to ? <RowLink to={to(row)}>{column.render(row)}</RowLink> : column.render(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {paging ? (
        <Pagination
          className="list-pages" size="small" current={paging.page} pageSize={paging.size} total={paging.total} onChange={paging.onPage}
          showSizeChanger pageSizeOptions={[20, 50, 100, 200]} hideOnSinglePage={paging.total <= 20} showTotal={(total) => say('list.total', { total })}
        />
      ) : null}
    </>
  )
}

function RowLink({ to, children }: { to: string; children: ReactNode }) {
  const navigate = useNavigate()
  return (
    <a href={to} data-row-link onClick={(event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      void navigate({ to })
    }}>{children}</a>
  )
}

function SortButton<Row>({ column, sort, sorting, onSort }: { column: Column<Row>; sort: string; sorting?: Sorting; onSort: (next: Sorting) => void }) {
  const chosen = sorting?.by === sort
  return (
    <button type="button" className="sort" onClick={() => onSort({ by: sort, descending: chosen ? !sorting.descending : true })}>
      {column.title}<span aria-hidden="true">{chosen ? (sorting.descending ? ' ↓' : ' ↑') : ' ↕'}</span>
    </button>
  )
}

/** j/k and the arrows move the focus between the links of a list. */
function useListKeys(body: React.RefObject<HTMLTableSectionElement | null>): void {
  const move = (step: number) => {
    const links = [...body.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? []]
    const at = links.findIndex((link) => link === document.activeElement)
    const next = links[at === -1 ? (step > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + step))]
    next?.focus()
    next?.closest('tr')?.scrollIntoView({ block: 'nearest' })
  }
  useKeys([
    { keys: ['j', 'ArrowDown'], help: said(uiTexts, 'keys.next'), run: () => move(1) },
    { keys: ['k', 'ArrowUp'], help: said(uiTexts, 'keys.previous'), run: () => move(-1) },
    { keys: ['Enter'], help: said(uiTexts, 'keys.open'), run: () => undefined },
  ])
}
