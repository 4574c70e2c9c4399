import { Button } from 'antd'
import { Component, useEffect, type ReactNode } from 'react'
import { useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import type { Screen } from '#core/ui/web/screen.ts'
import { useSay, useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

/** Around every screen: the window's title, the focus, and a page instead of a white screen when it breaks. */
export function ScreenFrame({ screen, children }: { screen: Screen; children: ReactNode }) {
  const say = useSay()
  useWindowTitle({ page: say(screen.title) })
  return <Breakwater key={screen.path}><FocusTop />{children}</Breakwater>
}

/** A reader of the screen hears the new page; a keyboard user starts at its top. */
function FocusTop() {
  useEffect(() => { document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true }) }, [])
  return null
}

class Breakwater extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }
  static getDerivedStateFromError() {
    return { broken: true }
  }
  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const say = useText(consoleTexts)
  return <div className="state" role="alert"><p>{say('page.broken')}</p><Button onClick={() => location.reload()}>{say('page.reload')}</Button></div>
}
