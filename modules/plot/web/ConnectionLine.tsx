import { useLinks } from '#core/ui/web/links.ts'
import { useText } from '#core/ui/web/texts.ts'
import { useStatus } from './deskContext.ts'
import { plotTexts } from './plotTexts.ts'

/** Whether what one draws arrives: at the station, and from there above and below. Always there. */
export function ConnectionLine() {
  const say = useText(plotTexts)
  const all = [...useStatus().values()]
  const links = useLinks().data?.items ?? []
  const unsent = all.reduce((sum, layer) => sum + layer.unsent, 0)
  const offline = all.some(({ state }) => state === 'offline')
  const opening = all.length === 0 || all.some(({ state }) => state === 'opening')
  const [tone, words] = offline ? ['alarm' as const, say('line.offline', { n: unsent })]
    : opening ? ['notice' as const, say('line.opening')]
    : unsent > 0 ? ['notice' as const, say('line.sending', { n: unsent })] : ['good' as const, say('line.live')]
  return (
    <>
      <p className={`map-box plot-line plot-line-${tone}`} role={offline ? 'alert' : 'status'}><span className={`light light-${tone}`} aria-hidden="true" /> {words}</p>
      {offline ? null : links.filter(({ state }) => state === 'offline').map(({ peer, name, direction }) => <p key={peer} className="map-box plot-line plot-line-warn" role="status"><span className="light light-warn" aria-hidden="true" /> {say(`line.${direction}`, { name: name ?? peer })}</p>)}
      {offline ? null : links.filter(({ state, liveBehind }) => state === 'online' && (liveBehind ?? 0) > 0).map(({ peer, name, liveBehind }) => <p key={peer} className="map-box plot-line" role="status">{say('line.behind', { name: name ?? peer, n: liveBehind ?? 0 })}</p>)}
    </>
  )
}
