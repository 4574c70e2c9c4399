import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useLinks, type LinkFace } from '#core/ui/web/links.ts'
import { useText } from '#core/ui/web/texts.ts'
import { deskTexts } from './deskTexts.ts'
import { unsentLinks } from './deskView.ts'

/** What has not gone out yet and why, above everything else on the desk. */
export function UnsentStrip() {
  const say = useText(deskTexts)
  const links = unsentLinks(useLinks().data?.items ?? [])
  const words = (link: LinkFace) => {
    const peer = link.name ?? link.peer
    const reason = link.reason ?? say('unsent.unknown')
    const waits = link.state === 'online' ? link.waitingThere : null
    if (waits) return say(waits.why === 'future-clock' ? 'unsent.clock' : 'unsent.waits', { n: waits.n, peer })
    if (link.queued === 0) return say('unsent.none', { peer, reason })
    return say('unsent', { n: link.queued, peer, reason: link.state === 'online' ? say('unsent.sending') : reason })
  }
  return links.map((link) => (
    <Alert key={link.peer} showIcon role="status" type={link.state === 'online' && !link.waitingThere ? 'info' : 'warning'} title={words(link)} action={<Link to="/links">{say('unsent.go')}</Link>} />
  ))
}
