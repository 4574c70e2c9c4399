import { useNavigate } from '@tanstack/react-router'
import { Pagination } from 'antd'
import { useRef, type MouseEvent, type ReactNode } from 'react'
import type { Unreadable } from '#core/kernel/index.ts'
import { useKeys } from './keys.ts'
import type { Tone } from './Mark.tsx'
import { PartBoundary } from './PartBoundary.tsx'
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
  /** Rows of this page that the station could not read: each is named, so that somebody can ask about it. */
  unreadable?: readonly Unreadable[]
}

/** A table that becomes cards on a phone; the first column is the row's name and link. */
export function DataList<Row>(props: DataListProps<Row>) {
  const { label, rows, rowKey, columns, sorting, onSort, paging, empty, unreadable = [] } = props
  const say = useText(uiTexts)
  const body = useRef<HTMLTableSectionElement>(null)
  useListKeys(body)

  const broken = ({ id, station }: Unreadable) => <tr key={id} className="edge-warn"><td colSpan={columns.length}>{say('list.broken', { id, station })}</td></tr>
  if (rows.length === 0 && unreadable.length === 0) return <Empty>{empty}</Empty>
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
            {rows.map((row) => <PartBoundary key={rowKey(row)} of={row} instead={broken({ id: rowKey(row), station: '' })}><ListRow {...props} row={row} /></PartBoundary>)}
            {unreadable.map(broken)}
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

function ListRow<Row>({ row, columns, to, edge }: Pick<DataListProps<Row>, 'columns' | 'to' | 'edge'> & { row: Row }) {
  const navigate = useNavigate()
  const open = (event: MouseEvent<HTMLTableRowElement>) => {
    if (!to || (event.target instanceof HTMLElement && event.target.closest('a, button, input, label, .ant-checkbox-wrapper')) || getSelection()?.toString()) return
    void navigate({ to: to(row) })
  }
  return (
    <tr className={`${to ? 'opens ' : ''}edge-${edge?.(row) ?? 'plain'}`} onClick={open}>
      {columns.map((column, i) => (
        <td key={column.key} data-label={column.title} className={`${column.align === 'right' ? 'right ' : ''}${column.wideOnly ? 'wide-only ' : ''}${i === 0 ? 'row-name' : ''}`}>
          {i === 0 && to ? <RowLink to={to(row)}>{column.render(row)}</RowLink> : column.render(row)}
        </td>
      ))}
    </tr>
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
