import { Button, Modal } from 'antd'
import { useShared } from '#core/ui/web/map/shared.ts'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { bodyOf, strokeOf } from '../plot.features.ts'
import { changesOf } from '../plot.history.ts'
import { partsOf } from './desk.ts'
import { nameOf, usePlot } from './deskContext.ts'
import { plotTexts } from './plotTexts.ts'

/** Every version of one stroke, the latest first; any of them can be put back, which is one more change. */
export function StrokeHistory({ id, onClose }: { id: string; onClose: () => void }) {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const stationName = useStationName()
  useShared(desk.strokes)
  const { layer, key } = partsOf(id)
  const changes = changesOf(desk.docs.get().get(layer)?.history().filter((written) => written.key === key) ?? []).toReversed()
  return (
    <Modal title={say('history.title')} open onCancel={onClose} footer={null}>
      <ol className="plain-list plot-history">
        {changes.map(({ value, what }, i) => {
          const stroke = strokeOf(value)
          return (
            <li key={`${value.at} ${value.by} ${changes.length - i}`}>
              <span className="grow"><b>{say(`what.${what}`)}</b> {stroke ? nameOf(stroke, say) : ''} {stroke?.label}<br /><span className="soft small">{say('stroke.by', { author: value.byName, station: stationName(value.station) })} <TimeText at={value.at} /></span></span>
              {i === 0 ? <span className="soft small">{say('history.now')}</span>
                : stroke && value.gone !== true ? <Button size="small" disabled={!desk.mayEdit(id)} onClick={() => { desk.write([{ layer, key, value: bodyOf(stroke) }]) }}>{say('history.restore')}</Button> : null}
            </li>
          )
        })}
      </ol>
    </Modal>
  )
}
