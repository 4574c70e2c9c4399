// Screenshots of every page at both sizes in dark and light into screenshots/, and docs/pictures/desk.png:
// `npm run build`, then `node scripts/node24.mjs lab/e2e/pictures.ts [desk]`, over five stations where wushi-2024 has been played; `desk`: only that one.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { federation } from '#lab/federation/federation.ts'
import { wushi2024 } from '#lab/scenarios/wushi-2024.ts'
import { openBrowser, sizes } from './browser.ts'
import { county, prefecture, region, scene, stationNames } from './house.ts'
import { quake } from './seed.ts'

const folder = (path: string) => {
  const made = fileURLToPath(new URL(`../../${path}/`, import.meta.url))
  mkdirSync(made, { recursive: true })
  return made
}
const pictures = folder('screenshots')
const tree = await federation({ mode: 'demo', names: stationNames, tickMs: 1000 })
const browser = await openBrowser()
try {
  const { reports, incidentId } = await wushi2024({ region: tree.at(region).url, prefecture: tree.at(prefecture).url, county: tree.at(county).url, scene: tree.at(scene).url, seismology: tree.at('65/@seismology').url }, Infinity, () => undefined)
  const first = reports[1] ?? ''
  const draft = await moreWork()
  const pages: [name: string, account: string | null, path: string][] = [
    ['desk', 'duty', '/duty?box=all'], ['new', 'duty', '/reports/new'], ['report', 'leader', `/reports/${first}`], ['incidents', 'duty', '/incidents'], ['incident', 'leader', `/incidents/${incidentId}`],
    ['links', 'admin', '/links'], ['directory', 'admin', '/directory'], ['norms', 'leader', '/norms'], ['audit', 'audit', '/audit'], ['people', 'security', '/people'], ['signin', null, '/'], ['setup', null, '/setup?token=once'],
  ]
  for (const look of process.argv[2] === 'desk' ? [] : ['dark', 'light'] as const) {
    for (const size of ['wide', 'phone'] as const) {
      for (const language of ['zh', 'en'] as const) {
        for (const [name, account, path] of pages) await shoot(prefecture, account, path, { look, size, language }, `${name}.${size}.${look}.${language}`)
      }
      await shoot(county, 'duty', `/reports/${draft}/edit`, { look, size, language: 'zh' }, `edit.${size}.${look}.zh`)
      await shoot(county, 'leader', `/reports/${draft}`, { look, size, language: 'zh' }, `draft.${size}.${look}.zh`)
      await shoot(region, 'duty', '/duty', { look, size, language: 'zh' }, `region.${size}.${look}.zh`)
    }
  }
  const { page, leave } = await open(prefecture, 'duty', '/duty', { look: 'dark', size: 'wide', language: 'zh' })
  await page.setViewportSize({ width: 1600, height: 900 })
  await page.screenshot({ path: `${folder('docs/pictures')}desk.png` })
  await leave()
} finally {
  await browser.close()
  await tree.close()
}

/** What a desk looks like in the middle of it: drafts, something to sign, something just arrived, an instruction that waits. */
async function moreWork(): Promise<string> {
  const [duty, leader, above] = await Promise.all([tree.at(county).as('duty'), tree.at(county).as('leader'), tree.at(prefecture).as('leader')])
  const minutes = (n: number) => Date.now() - n * 60_000
  const few = { deaths: 0, missing: 0, seriousInjuries: 0, lightInjuries: 0, trapped: 0, evacuated: 0, lossWan: 0 }
  const write = async (change: Parameters<typeof quake>[0], until: 'draft' | 'submitted' | 'sent' = 'sent') => {
    const { id } = await duty.post<{ id: string }>('/api/reports', quake({ mode: 'exercise', attributes: {}, level: undefined, ...change }))
    if (until !== 'draft') await duty.post(`/api/reports/${id}/submit`)
    if (until === 'sent') await leader.post(`/api/reports/${id}/sign`)
    return id
  }
  const blast = await write({ code: '12D01', title: '【演练】乌什镇某化工厂储罐爆炸', place: { division: '652927', address: '乌什镇工业园' }, occurredAt: minutes(52), learnedAt: minutes(45), figures: { ...few, deaths: 3, missing: 2, seriousInjuries: 4, lightInjuries: 11, evacuated: 260, lossWan: null }, text: '【演练】储罐爆炸起火，明火已控制，正在搜寻失联人员。' })
  await write({ code: '11B01', title: '【演练】托什干河洪水漫堤', place: { division: '652927', address: '阿合雅镇' }, occurredAt: minutes(70), learnedAt: minutes(28), figures: { ...few, evacuated: 1_240, trapped: 6, missing: null }, text: '【演练】河水漫堤，正在转移群众。' })
  await write({ code: '12H02', title: '【演练】国道 219 线车辆追尾', place: { division: '652927', address: 'G219 线 2380 千米处' }, occurredAt: minutes(25), learnedAt: minutes(20), level: 'III', figures: { ...few, deaths: 2, seriousInjuries: 3, lightInjuries: 7 }, text: '【演练】三车追尾，伤员已送医。' })
  await write({ code: '11E01', title: '【演练】英阿瓦提乡山林火灾', place: { division: '652927', address: '英阿瓦提乡' }, occurredAt: minutes(18), learnedAt: minutes(12), level: 'II', figures: { ...few, evacuated: 85, trapped: null }, text: '【演练】火场面积约 3 公顷，正在扑救。' })
  await write({ title: '【演练】乌什县4.2级余震', code: '11C02', attributes: { magnitude: 4.2 }, occurredAt: minutes(9), learnedAt: minutes(6), figures: few, text: '【演练】震感明显，未接到伤亡报告。' }, 'submitted')
  const draft = await write({ title: '【演练】亚科瑞克乡房屋受损核查', code: '11C02', attributes: { magnitude: 4.2 }, occurredAt: minutes(9), learnedAt: minutes(5), figures: { ...few, lossWan: null }, text: '【演练】正在逐户核查。' }, 'draft')
  for (let i = 0; i < 200; i++) {
    if (await above.get(`/api/reports/${blast}`).then(() => true, () => false)) break
    await new Promise((done) => { setTimeout(done, 50) })
  }
  await above.post(`/api/reports/${blast}/instruct`, { text: '【演练】全力搜救失联人员，严防次生灾害。', due: Date.now() + 50 * 60_000 })
  return draft
}

interface Setting { look: 'dark' | 'light'; size: keyof typeof sizes; language: 'zh' | 'en' }

async function open(address: string, account: string | null, path: string, { look, size, language }: Setting): Promise<{ page: Page; leave: () => Promise<void> }> {
  const station = tree.at(address)
  const storage = [{ name: 'fengsui.language', value: language }, { name: 'fengsui.look', value: look }]
  const context = await browser.newContext({ viewport: sizes[size], baseURL: station.url, reducedMotion: 'reduce', storageState: { cookies: [], origins: [{ origin: station.url, localStorage: storage }] } })
  if (account) await context.request.post('/api/session', { data: { account, password: 'demo' }, headers: { origin: station.url } })
  const page = await context.newPage()
  await page.goto(path)
  await page.waitForLoadState('networkidle')
  return { page, leave: () => context.close() }
}

async function shoot(address: string, account: string | null, path: string, setting: Setting, name: string): Promise<void> {
  const { page, leave } = await open(address, account, path, setting)
  await page.screenshot({ path: `${pictures}${name}.png`, fullPage: setting.size === 'phone' })
  await leave()
}
