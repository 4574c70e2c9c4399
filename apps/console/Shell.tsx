import { useQuery } from '@tanstack/react-query'
import { Navigate, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useMemo, useState } from 'react'
import type { Person } from '#core/http/roles.ts'
import { api, isApiFault } from '#core/ui/web/api.ts'
import { useConnection } from '#core/ui/web/connection.ts'
import { useKeys } from '#core/ui/web/keys.ts'
import { useLive } from '#core/ui/web/live.ts'
import { useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import { useShownMode } from '#core/ui/web/shownMode.ts'
import { holdsAny, SessionContext, useSession, type StationFace } from '#core/ui/web/session.ts'
import { FaultNote, Loading } from '#core/ui/web/States.tsx'
import { said, useText } from '#core/ui/web/texts.ts'
import { reportAccess } from '#modules/report/report.access.ts'
import { ReportArrivals } from '#modules/report/web/ReportArrivals.tsx'
import { ClockBanner } from './ClockBanner.tsx'
import { FrozenBanner } from './FrozenBanner.tsx'
import { CommandPalette } from './CommandPalette.tsx'
import { consoleTexts } from './consoleTexts.ts'
import { KeyHelp } from './KeyHelp.tsx'
import { BottomBar, useMenu } from './Menu.tsx'
import { Setup } from './Setup.tsx'
import { SignIn } from './SignIn.tsx'
import { StageBody } from './Stage.tsx'
import { TopBar } from './TopBar.tsx'
import { useStage } from './useStage.ts'

/** Around everything: who is at which station; signed out, the sign-in page at the same address. */
export function Shell() {
  const station = useQuery({ queryKey: ['station', 'self'], queryFn: ({ signal }) => api.get<StationFace>('/api/station', { signal }), staleTime: 60_000 })
  const session = useQuery({ queryKey: ['session'], queryFn: ({ signal }) => whoIsHere(signal), staleTime: 60_000 })
  const { pathname } = useLocation()
  const person = session.data ?? null
  useLive(person && station.data ? { station: station.data.address, id: person.id, name: person.name } : null)
  useWindowTitle({ station: station.data?.name })
  const value = useMemo(() => (person && station.data ? { person, station: station.data } : null), [person, station.data])

  const fault = session.error ?? station.error
  if (fault && !value) return <div className="alone"><FaultNote error={fault} onRetry={() => { void session.refetch(); void station.refetch() }} /></div>
  if (session.isPending || station.isPending || !station.data) return <div className="alone"><Loading /></div>
  if (pathname === '/setup') return <Setup station={station.data} />
  if (!value) return <SignIn station={station.data} />
  return <SessionContext value={value}><SignedIn /></SessionContext>
}

/** One letter to the everyday pages; only for those whom the menu offers them. */
const pageKeys = [
  { key: 'm', path: '/map', help: said(consoleTexts, 'help.map') },
  { key: 'd', path: '/duty', help: said(consoleTexts, 'help.desk') },
  { key: 'i', path: '/incidents', help: said(consoleTexts, 'help.incidents') },
  { key: 'l', path: '/links', help: said(consoleTexts, 'help.links') },
]

function SignedIn() {
  const say = useText(consoleTexts)
  const { person } = useSession()
  const connection = useConnection()
  const shown = useShownMode()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const menu = useMenu()
  const stage = useStage(person)
  // Everyone's work is a page; the map is one key away.
  const home = menu.find((screen) => screen.menu?.group !== 'map')?.path ?? '/links'
  const [open, setOpen] = useState<'search' | 'help' | null>(null)
  const close = () => setOpen(null)
  useKeys([
    { keys: ['ctrl+k', '/'], help: said(consoleTexts, 'help.search'), run: () => setOpen('search') },
    { keys: ['?'], help: said(consoleTexts, 'help.help'), run: () => setOpen('help') },
    ...pageKeys.filter(({ path }) => menu.some((screen) => screen.path === path)).map(({ key, path, help }) => ({ keys: [key], help, run: () => { void navigate({ to: path }) } })),
    { keys: ['Escape'], help: said(consoleTexts, 'help.close'), run: close },
  ])
  return (
    <div className={`shell shell-${stage.stage}${stage.wall ? ' wall' : ''}`}>
      <a className="skip" href="#content">{say('skip')}</a>
      <TopBar onSearch={() => setOpen('search')} onHelp={() => setOpen('help')} />
      {connection === 'down' ? <Alert className="banner" banner type="error" role="alert" title={say('banner.down')} /> : null}
      <ClockBanner />
      {person.roles.some((role) => role === 'audit' || role === 'admin') ? <FrozenBanner /> : null}
      {shown ? <section className="banner exercise" aria-label={say('banner.label')}>{say(`banner.${shown.mode}${shown.partly ? '.partly' : ''}`)}</section> : null}
      <StageBody {...stage}>{pathname === '/' ? <Navigate to={home} replace /> : <Outlet />}</StageBody>
      <BottomBar />
      <CommandPalette open={open === 'search'} onClose={close} />
      {holdsAny(person, reportAccess['report.read']) ? <ReportArrivals /> : null}
      <KeyHelp open={open === 'help'} onClose={close} />
    </div>
  )
}

/** Null when nobody is signed in or the session has ended; a fault is a fault. */
async function whoIsHere(signal: AbortSignal): Promise<Person | null> {
  try {
    return (await api.get<{ person: Person | null }>('/api/session', { signal })).person
  } catch (error) {
    if (isApiFault(error) && error.problem.status === 401) return null
    throw error
  }
}
