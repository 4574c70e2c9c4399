import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { federation, type Federation } from '../federation/federation.ts'
import { graveFaults, openBrowser, overflow, signIn, visit } from './browser.ts'

const [region, prefecture, county] = ['65', '65/6529', '65/6529/652927'] as const

let tree: Federation
let browser: Browser
beforeAll(async () => {
  [tree, browser] = await Promise.all([federation({ mode: 'demo', tickMs: 1000 }), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await tree?.close()
})

/** The pages of each role's menu, by what must be on them. */
const pages: Record<string, [path: string, shows: string][]> = {
  duty: [['/duty', '.desk-counts'], ['/incidents', 'main h1'], ['/links', '.facts'], ['/directory', '.list'], ['/norms', '.list'], ['/reports/new', 'main h1']],
  audit: [['/audit', '.list'], ['/people', '.list']],
}

describe.each([
  { size: 'wide', language: 'zh', look: 'dark' },
  { size: 'phone', language: 'en', look: 'light' },
] as const)('$size $language $look', (setting) => {
  test.each(Object.keys(pages))('every page of %s draws, complains of nothing, fits, and has no grave accessibility fault', async (account) => {
    const { page, complaints, close } = await visit(browser, tree.at(prefecture).url, setting)
    await signIn(page, account)
    for (const [path, shows] of pages[account] ?? []) {
      await page.goto(path)
      await page.locator(shows).first().waitFor()
      expect([path, await graveFaults(page)]).toEqual([path, []])
      expect([path, await overflow(page)]).toEqual([path, 0])
    }
    expect(complaints).toEqual([])
    await close()
  })
})

test('the keyboard alone: sign in, the keys’ help, search, and back to the desk', async () => {
  const { page, complaints, close } = await visit(browser, tree.at(prefecture).url)
  await signIn(page, 'duty')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: '键盘快捷键' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: '查找' }).waitFor()
  await page.keyboard.type('规范')
  await page.getByRole('option', { name: '规范' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '规范' }).waitFor()
  await page.keyboard.press('d')
  await page.getByRole('heading', { level: 1, name: '值班台' }).waitFor()
  expect(complaints).toEqual([])
  await close()
})

test('a wrong password is said in plain words, and nobody is signed in', async () => {
  const { page, close } = await visit(browser, tree.at(county).url)
  await page.goto('/links')
  await page.locator('#account').fill('duty')
  await page.locator('#password').fill('wrong')
  await page.keyboard.press('Enter')
  expect(await page.getByRole('alert').innerText()).toContain('密码')
  await page.locator('#password').fill('demo')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '通道' }).waitFor()
  await close()
})

test('a report from below appears by itself, is counted on the tab, and is accepted from the list', async () => {
  const { page, close } = await visit(browser, tree.at(prefecture).url)
  await signIn(page, 'duty')
  const title = await sendReport('乌什县某化工厂爆炸')
  const row = page.getByRole('row', { name: new RegExp(title) })
  await row.waitFor()
  await expect.poll(() => page.title()).toMatch(/^\(\d+\) 值班台/)
  await row.getByRole('button', { name: /签收/ }).click()
  await row.getByRole('button', { name: /签收/ }).waitFor({ state: 'detached' })
  await page.getByLabel('查找标题、地点、内容').fill('化工')
  await page.waitForURL(/q=/)
  await row.waitFor()
  await close()
})

test('with the link up cut, the desk says how much is unsent and why; healing sends it', async () => {
  const { page, close } = await visit(browser, tree.at(county).url)
  await signIn(page, 'duty')
  await page.goto('/links')
  const up = page.locator('.panel', { has: page.locator('dd', { hasText: prefecture }) }).first()
  await up.getByRole('button', { name: '切断（演示）' }).click()
  await up.getByRole('button', { name: '恢复' }).waitFor()
  await sendReport('断网期间的报告')
  await page.keyboard.press('d')
  const strip = page.locator('[role=status]', { hasText: '未发往' })
  await strip.waitFor()
  expect(await strip.innerText()).toMatch(/\d+ 条，因为：.*切断/)
  await page.keyboard.press('l')
  await up.getByRole('button', { name: '恢复' }).click()
  await up.getByText('在线').waitFor()
  await page.keyboard.press('d')
  await strip.waitFor({ state: 'detached' })
  await close()
})

test('a lower station that loosens a norm is told why before it publishes', async () => {
  const { page, close } = await visit(browser, tree.at(prefecture).url)
  await signIn(page, 'leader')
  await page.goto('/norms')
  await page.getByRole('button', { name: '修订发布' }).click()
  await page.getByRole('combobox', { name: '添加要规定的项目' }).click()
  await page.keyboard.type('电话报告 · III')
  await page.getByTitle(/电话报告 · III/).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('spinbutton').fill('45')
  await page.getByLabel('说明').fill('试放宽')
  await page.getByRole('button', { name: '预览' }).click()
  await page.getByText('时限不得长于上级规定的 30 分钟').waitFor()
  expect(await page.getByRole('button', { name: '发布', exact: true }).isDisabled()).toBe(true)
  await page.getByRole('spinbutton').fill('20')
  await page.getByRole('button', { name: '预览' }).click()
  await page.getByText('将改变 1 项').waitFor()
  await close()
})

test('the region’s administrator sees no desk and is asked for nothing that he may not read', async () => {
  const { page, complaints, close } = await visit(browser, tree.at(region).url)
  await signIn(page, 'admin')
  expect(new URL(page.url()).pathname).toBe('/links')
  expect(await page.getByRole('link', { name: '值班台' }).count()).toBe(0)
  expect(complaints).toEqual([])
  await close()
})

/** A report drafted, submitted and signed at the county through its API. */
async function sendReport(title: string): Promise<string> {
  const [duty, leader] = await Promise.all([tree.at(county).as('duty'), tree.at(county).as('leader')])
  const now = Date.now()
  const { id } = await duty.post<{ id: string }>('/api/reports', {
    kind: 'first', code: '12D01', title, occurredAt: now - 600_000, learnedAt: now - 300_000, place: { division: '652927', address: '乌什镇' },
    figures: { deaths: 2, missing: 1, seriousInjuries: 3, lightInjuries: 4, trapped: 0, evacuated: 50, lossWan: 10 }, text: '爆炸已控制。',
  })
  await duty.post(`/api/reports/${id}/submit`)
  await leader.post(`/api/reports/${id}/sign`)
  return title
}
