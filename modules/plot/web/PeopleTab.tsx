import { AimOutlined } from '@ant-design/icons'
import { Button, Switch } from 'antd'
import { levelOf } from '#core/kernel/index.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import { useDesk, usePeople, usePlot } from './deskContext.ts'
import { colorOf } from './hands.ts'
import { plotTexts } from './plotTexts.ts'

/** Who is at the plot, from every level, and whose view one goes with. */
export function PeopleTab() {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const map = useMap()
  const { person, station } = useSession()
  const stationName = useStationName()
  const people = usePeople()
  const hosting = useDesk((state) => state.hosting)
  const following = useDesk((state) => state.following)
  const line = (of: string, name: string) => <><span className="plot-dot" style={{ background: colorOf(of) }} aria-hidden="true" /><span className="grow">{name}<br /><span className="soft small">{stationName(of)} · {say(`level.${levelOf(of)}`)}</span></span></>
  return (
    <div className="stack">
      <label className="row"><Switch size="small" checked={hosting} onChange={(next) => { desk.patch({ hosting: next }) }} /> {say('people.host')} <span className="soft small">{say('people.hostHelp')}</span></label>
      <label className="row"><Switch size="small" checked={following} disabled={hosting} onChange={(next) => { desk.patch({ following: next }) }} /> {say('people.follow')}</label>
      <h3>{say('people.here', { n: people.length + 1 })}</h3>
      <ul className="plain-list plot-people" aria-label={say('tab.people')}>
        <li>{line(station.address, person.name)}<Mark tone="blue">{say('people.me')}</Mark>{hosting ? <Mark tone="notice">{say('people.hosting')}</Mark> : null}</li>
        {people.toSorted((a, b) => a.station.length - b.station.length || (a.id < b.id ? -1 : 1)).map(({ id, station: of, name, own, hand }) => (
          <li key={id}>
            {line(of, name)}
            {own ? <Mark>{say('people.ownScreen')}</Mark> : null}
            {hand.draft ? <Mark tone="good">{say('people.drawing')}</Mark> : null}
            {hand.hosting ? <Mark tone="notice">{say('people.hosting')}</Mark> : null}
            <Button size="small" icon={<AimOutlined />} disabled={!hand.at} aria-label={`${say('people.go')}：${name}`} onClick={() => { if (hand.at) map.easeTo({ center: hand.at }) }}>{say('people.go')}</Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
