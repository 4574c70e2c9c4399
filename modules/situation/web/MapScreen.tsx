import { useSession, holdsAny } from '#core/ui/web/session.ts'
import { Empty } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { situationAccess } from '../situation.access.ts'
import { situationTexts } from './situationTexts.ts'

/** `/map`: the shell gives the map the window; the page itself is only its heading. */
export function MapScreen() {
  const say = useText(situationTexts)
  const mayLook = holdsAny(useSession().person, situationAccess['situation.read'])
  return mayLook ? <h1 className="visually-hidden" tabIndex={-1}>{say('title')}</h1> : <Empty>{say('forbidden')}</Empty>
}
