import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Popconfirm } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { clockOffset, lagText, useLinks, type LinkFace } from '#core/ui/web/links.ts'
import { Light, Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { Empty, Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { directoryTexts } from './directoryTexts.ts'

/** 通道: each link's state, what waits on it, why it is down and the way out. */
export function LinksPage() {
  const say = useText(directoryTexts)
  const links = useLinks()
  return (
    <PageFrame title={say('links.title')} aside={<span className="small">{say('links.intro')}</span>}>
      <Fetched query={links}>
        {({ items }) => (items.length === 0 ? <Panel><Empty>{say('links.empty')}</Empty></Panel> : <div className="columns">{items.map((link) => <LinkCard key={link.peer} link={link} />)}</div>)}
      </Fetched>
    </PageFrame>
  )
}

function LinkCard({ link }: { link: LinkFace }) {
  const say = useText(directoryTexts)
  const online = link.state === 'online'
  const clock = clockOffset(link)
  return (
    <Panel
      className={online ? '' : 'panel-alarm'}
      title={<span className="row"><Light tone={online ? (link.queued > 0 ? 'notice' : 'good') : 'alarm'} label={say(online ? 'links.online' : 'links.offline')} /><span>{link.name ?? link.peer}</span><Mark>{say(`links.${link.direction}`)}</Mark><Mark tone={online ? 'good' : 'alarm'}>{say(online ? 'links.online' : 'links.offline')}</Mark></span>}
      actions={<><Abandon link={link} /><Retry link={link} /><CutOrHeal link={link} /></>}
    >
      <dl className="facts">
        <dt>{say('stations.address')}</dt><dd className="mono">{link.peer}</dd>
        <dt>{say('links.queued')}</dt><dd>{link.queued === 0 ? <span className="soft">{say('links.queued.none')}</span> : <strong className="digits">{say('links.queued.some', { n: link.queued })}</strong>}</dd>
        <dt>{say('links.live')}</dt><dd>{(link.liveBehind ?? 0) === 0 ? <span className="soft">{say('links.live.none')}</span> : <strong className="digits">{say('links.live.some', { n: link.liveBehind ?? 0 })}</strong>}</dd>
        <dt>{say('links.lag')}</dt><dd className="digits">{link.lagMs === null || !online ? '—' : lagText(link.lagMs)}</dd>
        <dt>{say('links.last')}</dt><dd>{link.lastExchangeAt === null ? say('links.never') : <TimeText at={link.lastExchangeAt} />}</dd>
        {link.waitingThere ? <><dt>{say('links.waits')}</dt><dd><strong>{say(`links.waits.${waitWord(link)}`, { n: link.waitingThere.n })}</strong></dd></> : null}
        {clock ? <><dt>{say('links.clock')}</dt><dd><strong>{say(`links.clock.${link.direction}.${clock.ahead ? 'ahead' : 'behind'}`, { by: lagText(clock.ms) })}</strong></dd></> : null}
        {link.recovering ? <><dt>{say('links.recovering')}</dt><dd>{say('links.recovering.words')}</dd></> : null}
        {online ? null : <><dt>{say('links.reason')}</dt><dd>{link.reason ?? say('links.reason.none')}</dd></>}
        {!online && link.wayOut ? <><dt>{say('links.wayOut')}</dt><dd><strong>{link.wayOut}</strong></dd></> : null}
      </dl>
    </Panel>
  )
}

/** Dialling at once instead of waiting for the next try; for the administrator who has just mended something. */
function Retry({ link }: { link: LinkFace }) {
  const say = useText(directoryTexts)
  const { person } = useSession()
  const client = useQueryClient()
  const { message } = App.useApp()
  const retry = useMutation({
    mutationFn: () => api.post(`/api/links/${encodeURIComponent(link.peer)}/retry`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['links'] }),
    onError: (error) => { void message.error(error.message) },
  })
  if (link.state === 'online' || !person.roles.includes('admin')) return null
  return <Button size="small" loading={retry.isPending} onClick={() => retry.mutate()}>{say('links.retry')}</Button>
}

function waitWord(link: LinkFace): 'future-clock' | 'unknown-station' | 'some' {
  const why = link.waitingThere?.why
  return why === 'future-clock' || why === 'unknown-station' ? why : 'some'
}

/** A neighbour that will not come back must not keep a restored station silent for ever: the administrator decides. */
function Abandon({ link }: { link: LinkFace }) {
  const say = useText(directoryTexts)
  const { person } = useSession()
  const client = useQueryClient()
  const { message } = App.useApp()
  const abandon = useMutation({
    mutationFn: () => api.post(`/api/links/${encodeURIComponent(link.peer)}/abandon-recovery`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['links'] }),
    onError: (error) => { void message.error(error.message) },
  })
  if (!link.recovering || !person.roles.includes('admin')) return null
  return (
    <Popconfirm title={say('links.abandon.title', { peer: link.name ?? link.peer })} description={say('links.abandon.intro')} okText={say('links.abandon')} onConfirm={() => abandon.mutate()}>
      <Button size="small" danger loading={abandon.isPending}>{say('links.abandon')}</Button>
    </Popconfirm>
  )
}

/** Demo and test stations may cut a link to show what happens. */
function CutOrHeal({ link }: { link: LinkFace }) {
  const say = useText(directoryTexts)
  const { station } = useSession()
  const client = useQueryClient()
  const { message } = App.useApp()
  const verb = link.state === 'online' ? 'cut' : 'heal'
  const turn = useMutation({
    mutationFn: () => api.post(`/api/links/${encodeURIComponent(link.peer)}/${verb}`),
    onSuccess: () => {
      void message.success(say(`links.${verb}.done`, { peer: link.name ?? link.peer }))
      return client.invalidateQueries({ queryKey: ['links'] })
    },
    onError: (error) => { void message.error(error.message) },
  })
  if (station.mode === 'production') return null
  return <Button size="small" danger={verb === 'cut'} type={verb === 'heal' ? 'primary' : 'default'} loading={turn.isPending} onClick={() => turn.mutate()}>{say(`links.${verb}`)}</Button>
}
