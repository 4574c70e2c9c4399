import { MenuOutlined } from '@ant-design/icons'
import { Link, useLocation } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useState } from 'react'
import type { Screen } from '#core/ui/web/screen.ts'
import { holdsAny, useSession } from '#core/ui/web/session.ts'
import { useSay, useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'
import { screens } from './screens.ts'

const groups = ['map', 'duty', 'incident', 'system'] as const

/** Pages with a place in the menu that this person may see, in order. */
export function useMenu(): Screen[] {
  const { person } = useSession()
  return screens.filter((s) => s.menu && holdsAny(person, s.roles)).toSorted((a, b) => (a.menu?.order ?? 0) - (b.menu?.order ?? 0))
}

export function SideMenu() {
  const say = useText(consoleTexts)
  return <nav className="side" aria-label={say('menu.label')}><Entries /></nav>
}

/** On a phone: the everyday pages within reach of the thumb, the rest in a drawer. */
export function BottomBar() {
  const say = useText(consoleTexts)
  const sayScreen = useSay()
  const [open, setOpen] = useState(false)
  const { pathname } = useLocation()
  const everyday = useMenu().filter((s) => s.menu?.group !== 'system')
  return (
    <nav className="bottom" aria-label={say('menu.label')}>
      {everyday.map((s) => <Link key={s.path} to={s.path} aria-current={isHere(pathname, s.path) ? 'page' : undefined}><Icon of={s} /><span>{sayScreen(s.title)}</span></Link>)}
      <button type="button" onClick={() => setOpen(true)} aria-haspopup="dialog" aria-expanded={open}><MenuOutlined /><span>{say('menu.system')}</span></button>
      <Drawer open={open} onClose={() => setOpen(false)} placement="bottom" title={say('menu.label')} size="auto" styles={{ body: { padding: 12 } }}>
        <div className="side in-drawer"><Entries onGo={() => setOpen(false)} /></div>
      </Drawer>
    </nav>
  )
}

function Entries({ onGo }: { onGo?: () => void }) {
  const say = useText(consoleTexts)
  const sayScreen = useSay()
  const { pathname } = useLocation()
  const entries = useMenu()
  return groups.filter((group) => entries.some((s) => s.menu?.group === group)).map((group) => (
    <div key={group} className="side-group">
      {group === 'system' ? <h2>{say('menu.system')}</h2> : null}
      <ul className="plain-list">
        {entries.filter((s) => s.menu?.group === group).map((s) => (
          <li key={s.path}><Link to={s.path} onClick={onGo} aria-current={isHere(pathname, s.path) ? 'page' : undefined}><Icon of={s} /><span>{sayScreen(s.title)}</span></Link></li>
        ))}
      </ul>
    </div>
  ))
}

function isHere(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(`${path}/`) || (path === '/duty' && pathname.startsWith('/reports'))
}

function Icon({ of }: { of: Screen }) {
  const Shape = of.menu?.icon
  return Shape ? <Shape /> : null
}
