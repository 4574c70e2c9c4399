import { Link } from '@tanstack/react-router'
import { useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

export function NotFound() {
  const say = useText(consoleTexts)
  return <div className="state"><p>{say('page.notFound')}</p><Link to="/">{say('page.home')}</Link></div>
}
