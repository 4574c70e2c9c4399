import { useText } from '#core/ui/web/texts.ts'
import { situationTexts } from './situationTexts.ts'

/** `/map`: the shell gives the map the window; the page itself is only its heading. */
export function MapScreen() {
  const say = useText(situationTexts)
  return <h1 className="visually-hidden" tabIndex={-1}>{say('title')}</h1>
}
