import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { carryLive, type Self } from '#core/live/web/liveSocket.ts'
import { pauseBefore } from '../pause.ts'
import { reportConnection } from './connection.ts'
import { dependsOn } from './queries.ts'

/** One fact the station has just stored, as `WS /api/live` tells it. */
export interface LiveFact {
  id: string
  type: string
  subject: string
  station: string
  mode: 'actual' | 'exercise' | 'test'
  /** It came over a link; false when stated at this station. */
  arrived: boolean
}

const listeners = new Set<(facts: LiveFact[]) => void>()

/** Calls back on every batch of news until what it returns is called. */
export function onNews(listener: (facts: LiveFact[]) => void): () => void {
  listeners.add(listener)
  return () => { listeners.delete(listener) }
}

/** Calls back on every batch of news while the component is shown. */
export function useNews(listener: (facts: LiveFact[]) => void): void {
  useEffect(() => onNews(listener), [listener])
}

/** The station's code for a socket whose session has ended. */
const sessionEnded = 4401

/** Keeps the live socket open for the signed-in shell and refetches what the news is about. Used once, by the shell. */
export function useLive(self: Self | null): void {
  const client = useQueryClient()
  const who = self && JSON.stringify(self)
  useEffect(() => {
    if (!who) return undefined
    let socket: WebSocket | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    let closed = false

    const open = () => {
      socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`)
      carryLive(socket, JSON.parse(who) as Self)
      socket.addEventListener('open', () => {
        // News may have been missed while the socket was down.
        if (failures > 0) void client.invalidateQueries()
        failures = 0
        reportConnection('up')
      })
      socket.addEventListener('message', (event) => {
        const facts = readNews(event.data)
        if (facts.length === 0) return
        const kinds = new Set([...facts.map((f) => f.subject.slice(0, f.subject.indexOf('/'))), 'links'])
        void client.invalidateQueries({ predicate: (query) => dependsOn(query, kinds) })
        for (const listener of listeners) listener(facts)
      })
      socket.addEventListener('close', (event) => {
        if (closed) return
        // Nobody is signed in any more: every page asks, and says so.
        if (event.code === sessionEnded) {
          void client.invalidateQueries()
          return
        }
        failures++
        void stationAnswers().then((answers) => reportConnection(answers ? 'up' : 'down'))
        timer = setTimeout(open, pauseBefore(failures - 1, Math.random()))
      })
    }
    open()
    return () => {
      closed = true
      clearTimeout(timer)
      const last = socket
      // One that is still connecting is closed when it stands: browsers complain of anything sooner.
      if (last?.readyState === WebSocket.CONNECTING) last.addEventListener('open', () => last.close())
      else last?.close()
      carryLive(null, null)
    }
  }, [client, who])
}

async function stationAnswers(): Promise<boolean> {
  try {
    return (await fetch('/api/health', { cache: 'no-store' })).ok
  } catch {
    return false
  }
}

function readNews(data: unknown): LiveFact[] {
  if (typeof data !== 'string') return []
  try {
    const message: unknown = JSON.parse(data)
    return isNews(message) ? message.facts : []
  } catch {
    return []
  }
}

function isNews(message: unknown): message is { kind: 'news'; facts: LiveFact[] } {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'news' && 'facts' in message && Array.isArray(message.facts)
}
