import { BulbOutlined, KeyOutlined, LogoutOutlined, QuestionCircleOutlined, SearchOutlined, TranslationOutlined, UserOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button, Dropdown, Tooltip } from 'antd'
import { useState } from 'react'
import { beijingSecond } from '#core/ui/beijingTime.ts'
import { api } from '#core/ui/web/api.ts'
import { lagText, useLinks, type LinkFace } from '#core/ui/web/links.ts'
import { useLook } from '#core/ui/web/look.tsx'
import { Light, Mark } from '#core/ui/web/Mark.tsx'
import { useNow } from '#core/ui/web/now.ts'
import { useSession } from '#core/ui/web/session.ts'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { uiTexts } from '#core/ui/web/uiTexts.ts'
import { consoleTexts } from './consoleTexts.ts'
import { PasswordDialog } from './PasswordDialog.tsx'
import { useStationPath } from './stationPath.ts'

/** Where we are, how the links are, what time it is, who is signed in. */
export function TopBar({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const say = useText(consoleTexts)
  const sayRole = useText(uiTexts)
  const { person, station } = useSession()
  const path = useStationPath()
  const [look, setLook] = useLook()
  const [language, setLanguage] = useLanguage()
  const signOut = useSignOut()
  const [changing, setChanging] = useState(false)
  const otherLook = look === 'dark' ? 'light' : 'dark'
  return (
    <header className="top">
      <Link to="/" className="brand" aria-label={say('name')}><img src="/favicon.svg" alt="" width="28" height="28" /><span>{say('name')}</span></Link>
      <div className="whereabouts">
        <strong>{station.name}</strong>
        <span className="soft small whereabouts-path">{path.length > 1 ? path.slice(0, -1).map((s) => s.name).join(' › ') : say(`top.level.${station.level}`)}</span>
        {station.mode === 'production' ? null : <Tooltip title={station.mode === 'demo' ? say('top.demo.why') : undefined}><span className="whereabouts-mark"><Mark tone="notice" solid>{say(`top.${station.mode}`)}</Mark></span></Tooltip>}
      </div>
      <LinkLights />
      <Clock />
      <div className="top-tools">
        <Button className="search-button" icon={<SearchOutlined />} onClick={onSearch} aria-label={`${say('top.search')} Ctrl K`}><span className="wide">{say('top.search')} <kbd>Ctrl K</kbd></span></Button>
        <Tooltip title={say('top.help')}><Button className="wide" type="text" icon={<QuestionCircleOutlined />} aria-label={say('top.help')} onClick={onHelp} /></Tooltip>
        <Tooltip title={say(`top.look.${otherLook}`)}><Button className="wide" type="text" icon={<BulbOutlined />} aria-label={say(`top.look.${otherLook}`)} onClick={() => setLook(otherLook)} /></Tooltip>
        <Tooltip title={say('top.language.label')}><Button className="wide" type="text" icon={<TranslationOutlined />} onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>{say('top.language')}</Button></Tooltip>
        <Dropdown
          trigger={['click']}
          menu={{ items: [
            { key: 'who', type: 'group', label: `${person.name} · ${person.roles.map((role) => sayRole(`role.${role}`)).join(language === 'zh' ? '、' : ', ')}` },
            { key: 'language', icon: <TranslationOutlined />, label: say('top.language.label'), onClick: () => setLanguage(language === 'zh' ? 'en' : 'zh') },
            { key: 'look', icon: <BulbOutlined />, label: say(`top.look.${otherLook}`), onClick: () => setLook(otherLook) },
            { key: 'password', icon: <KeyOutlined />, label: say('password.title'), onClick: () => setChanging(true) },
            { type: 'divider' },
            { key: 'out', icon: <LogoutOutlined />, label: say('top.signOut'), onClick: signOut },
          ] }}
        >
          <Button type="text" icon={<UserOutlined />} aria-label={`${say('top.person')}: ${person.name}`} aria-haspopup="menu"><span className="wide">{person.name}</span></Button>
        </Dropdown>
        <PasswordDialog open={changing} onClose={() => setChanging(false)} />
      </div>
    </header>
  )
}

function Clock() {
  const say = useText(consoleTexts)
  const time = beijingSecond(useNow())
  return <div className="clock wide" role="timer" aria-label={say('top.clock')}><span className="digits">{time.slice(11)}</span><span className="soft small digits">{time.slice(0, 10)} {say('top.clock')}</span></div>
}

function LinkLights() {
  const say = useText(consoleTexts)
  const links = useLinks().data?.items ?? []
  if (links.length === 0) return null
  const words = (link: LinkFace) => [
    say('top.link', { direction: say(`top.link.${link.direction}`), name: link.name ?? link.peer, state: link.state === 'online' ? say('top.link.online', { lag: link.lagMs === null ? '—' : lagText(link.lagMs) }) : say('top.link.offline') }),
    link.queued > 0 ? say('top.link.queued', { n: link.queued }) : null,
    link.state === 'offline' && link.reason ? link.reason : null,
    link.lastExchangeAt === null ? say('top.link.never') : say('top.link.last', { time: beijingSecond(link.lastExchangeAt) }),
  ].filter((line) => line !== null)
  return (
    <Link to="/links" className="link-lights">
      <span className="visually-hidden">{say('top.links')}</span>
      {links.map((link) => (
        <Tooltip key={link.peer} title={words(link).map((line) => <div key={line}>{line}</div>)}>
          <span className={`link-light ${link.state}`}>
            <Light tone={link.state === 'offline' ? 'alarm' : link.queued > 0 ? 'notice' : 'good'} label={words(link).join('; ')} />
            <span className="link-name">{link.direction === 'up' ? '↑' : '↓'}<span className="wide">{link.name ?? link.peer}</span>{link.queued > 0 ? <b className="digits"> {link.queued}</b> : null}</span>
          </span>
        </Tooltip>
      ))}
    </Link>
  )
}

function useSignOut(): () => void {
  const client = useQueryClient()
  const { message } = App.useApp()
  return () => {
    api.delete('/api/session').then(() => {
      client.clear()
      location.assign('/')
    }, (error: unknown) => message.error(error instanceof Error ? error.message : String(error)))
  }
}
