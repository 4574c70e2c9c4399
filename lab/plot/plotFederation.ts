import type { Address } from '#core/kernel/index.ts'
import type { PlotAnswer, VerifyAnswer, LayerAnswer } from '#modules/plot/plot.api.ts'
import { Problem, until, type Client } from '#lab/federation/client.ts'
import type { Federation } from '#lab/federation/federation.ts'

/** Every answer the tests of plots look at, as one form. */
export type PlotAnswers = LayerAnswer & PlotAnswer & VerifyAnswer & {
  id: string; ids: string[]; total: number; code: string
  features: { id: string; geometry: unknown; properties: Record<string, unknown> }[]
  items: { at: number; station: string; author: string; layer: string; key: string; what: string; label: string; stroke: Record<string, unknown> | null }[]
}

/** One account at one station, with the methods that plots use. */
export interface PlotClient {
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<PlotAnswers>
}

export async function plotClient(tree: Federation, address: Address, account: string): Promise<PlotClient> {
  const { url } = tree.at(address)
  const { token }: Client = await tree.at(address).as(account)
  return {
    async ask(method, path, body) {
      const payload = body === undefined ? {} : { body: JSON.stringify(body) }
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const response = await fetch(`${url}${path}`, { method, headers, ...payload })
      const text = await response.text()
      const value = (text === '' ? {} : JSON.parse(text)) as PlotAnswers
      if (!response.ok) throw new Problem(response.status, value as never)
      return value
    },
  }
}

/** A grave incident reported from a station: its id, once `known` stations hold its plot. */
export async function reportedIncident(tree: Federation, from: Address, known: readonly Address[], title = '乌什县发生7.1级地震'): Promise<{ id: string; report: string }> {
  const now = Date.now()
  const [duty, leader] = [await tree.at(from).as('duty'), await tree.at(from).as('leader')]
  const { id: report, incidentId: id } = await duty.post<{ id: string; incidentId: string }>('/api/reports', {
    kind: 'first', code: '11C02', title, occurredAt: now - 120_000, learnedAt: now - 60_000, place: { division: '652927', lon: 78.63, lat: 41.26 },
    figures: { deaths: 3, missing: 0, seriousInjuries: 0, lightInjuries: 5, trapped: 0, evacuated: null, lossWan: null }, attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈。',
  })
  await duty.post(`/api/reports/${report}/submit`)
  await leader.post(`/api/reports/${report}/sign`)
  await plotAt(tree, known, id)
  return { id, report }
}

export async function plotAt(tree: Federation, stations: readonly Address[], id: string): Promise<void> {
  for (const station of stations) {
    const client = await plotClient(tree, station, 'duty')
    await until(`the plot at ${station}`, () => client.ask('GET', `/api/incidents/${id}/plot`).catch(() => null))
  }
}

export const layerPath = (layer: string, rest = ''): string => `/api/layers/${encodeURIComponent(layer)}${rest}`

export const pointAt = (lon: number, lat: number, label: string, symbol = 'A10300') => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { symbol, label } })
