import { Button } from 'antd'
import { useText } from '#core/ui/web/texts.ts'
import { useDesk, usePeople, usePlot } from './deskContext.ts'
import { hostOf } from './hands.ts'
import { plotTexts } from './plotTexts.ts'

/** Whose view one follows, and the way back to it. */
export function FollowLine() {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const hosting = useDesk((state) => state.hosting)
  const following = useDesk((state) => state.following)
  const host = hostOf(usePeople())
  if (hosting || !host) return null
  return (
    <p className="map-box plot-line" role="status">
      {say(following ? 'people.following' : 'people.left', { name: host.name })}
      {following ? null : <Button size="small" type="link" onClick={() => { desk.patch({ following: true }) }}>{say('people.followAgain')}</Button>}
    </p>
  )
}
