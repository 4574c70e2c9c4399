import { describe, expect, test } from 'vitest'
import { until } from '#lab/federation/client.ts'
import { graveFaults, overflow } from './browser.ts'
import { prefecture, useHouse } from './house.ts'
import { reportAtCounty } from './seed.ts'

const house = useHouse()

/** A report with everything on it, seen from the prefecture. */
async function lively(): Promise<{ id: string; incidentId: string }> {
  const sent = await reportAtCounty(house.tree, 'sent')
  const leader = await house.tree.at(prefecture).as('leader')
  await until('the report at the prefecture', () => leader.get(`/api/reports/${sent.id}`).catch(() => null))
  await until('the incident at the prefecture', () => leader.get(`/api/incidents/${sent.incidentId}`).catch(() => null))
  await leader.post(`/api/reports/${sent.id}/instruct`, { text: '全力搜救', due: Date.now() + 3_600_000 })
  return sent
}

describe.each([
  { look: 'dark', size: 'wide', language: 'zh' },
  { look: 'light', size: 'phone', language: 'en' },
] as const)('in $look on a $size screen in $language', (setting) => {
  test.each(['duty', 'audit', 'security', null])('no serious accessibility fault, nothing wider than the screen, on the pages of %s', async (account) => {
    const { id, incidentId } = account === 'duty' ? await lively() : { id: '', incidentId: '' }
    const pages: Record<string, [path: string, shows: string][]> = {
      duty: [['/duty', '.list'], ['/reports/new', 'textarea'], [`/reports/${id}`, '.timeline li'], ['/incidents', '.list'], [`/incidents/${incidentId}`, '.timeline li'], ['/links', '.facts'], ['/directory', '.list'], ['/norms', '.list']],
      audit: [['/audit', '.list'], ['/people', '.list']],
      security: [['/people', '.list']],
      nobody: [['/', 'form'], ['/setup?token=once', 'form'], ['/setup', '.alone-box']],
    }
    const { page } = await house.sit(prefecture, account ?? undefined, setting)
    for (const [path, shows] of pages[account ?? 'nobody'] ?? []) {
      await page.goto(path)
      await page.locator(shows).first().waitFor()
      await page.waitForLoadState('networkidle')
      expect([path, await graveFaults(page)]).toEqual([path, []])
      expect([path, await overflow(page)]).toEqual([path, 0])
    }
  })
})
