import { explain, stopCodes, type StopCode } from '#core/replicate/index.ts'
import { linkStore } from '#core/replicate/server/linkStore.ts'
import { openFolder, type DataFolder } from './dataFolder.ts'
import { beijing, say, saySentence, table } from './language.ts'
import { runningStation } from './runningStation.ts'

/** `GET /api/links`, as far as an operator reads it. */
export interface LinkItem {
  peer: string
  direction: 'up' | 'down'
  state: 'online' | 'offline'
  queued: number
  lastExchangeAt: number | null
  lagMs: number
  reason: string | { zh: string; en: string } | null
  wayOut?: string | { zh: string; en: string } | null
}

/** `fengsui links`: each link as the running station sees it, or as it was left when the station does not run. */
export async function links(data: string, print: (text: string) => void): Promise<void> {
  const folder = await openFolder(data)
  try {
    const station = await runningStation(folder.config)
    if (!station) print(say('平台没有运行，以下是停机时的记录：', 'The station does not run; this is how it was left:'))
    const items = station ? (await station.get<{ items: LinkItem[] }>('/api/links')).items : await storedLinks(folder)
    if (items.length === 0) return print(say('没有通道', 'There are no links'))
    print(table([
      [say('对端', 'peer'), say('方向', 'way'), say('状态', 'state'), say('待发', 'queued'), say('最近交换', 'last exchange'), say('原因', 'reason')],
      ...items.map((link) => [
        link.peer,
        link.direction === 'up' ? say('上级', 'up') : say('下级', 'down'),
        link.state === 'online' ? say('通', 'online') : say('断', 'offline'),
        String(link.queued),
        link.lastExchangeAt === null ? '—' : beijing(link.lastExchangeAt),
        [link.reason, link.wayOut].map(words).filter(Boolean).join(' '),
      ]),
    ]))
  } finally {
    await folder.close()
  }
}

/** What the database remembers of the links, for a station that does not run. */
export async function storedLinks({ database }: DataFolder): Promise<LinkItem[]> {
  const store = linkStore(database.dialect)
  const peers = await store.peers(database.read).catch(() => [])
  return Promise.all(peers.map(async (row): Promise<LinkItem> => {
    const [newest] = await store.receipts(database.read, row.peer, 1)
    const signed = newest?.epoch === row.epoch ? newest.n : 0
    const stuck = stopCodes.includes(row.stuck_code as StopCode) ? explain(row.peer, { code: row.stuck_code as StopCode, who: row.stuck_who ?? row.peer }) : null
    return {
      peer: row.peer, direction: row.direction, state: 'offline', queued: row.n - signed, lastExchangeAt: newest?.at ?? null, lagMs: 0,
      reason: stuck?.reason ?? null, wayOut: stuck?.wayOut ?? null,
    }
  }))
}

export function words(text: string | { zh: string; en: string } | null | undefined): string {
  return typeof text === 'string' ? text : text ? saySentence(text) : ''
}
