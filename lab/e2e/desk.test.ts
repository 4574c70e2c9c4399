import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { county, patience, prefecture, region, scene, signIn, stationNames, useHouse } from './house.ts'
import { search } from './reportSteps.ts'
import { quake, reportAtCounty } from './seed.ts'
import { saying } from './words.ts'

const house = useHouse({}, { map: false })

/** Walks with Tab until the focus is on what is named so. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = []
  for (let i = 0; i < 60; i++) {
    const focused = await page.evaluate(() => {
      const here = document.activeElement
      const labels = here instanceof HTMLInputElement || here instanceof HTMLTextAreaElement ? [...here.labels ?? []].map((label) => label.textContent) : []
      return here?.getAttribute('aria-label') ?? (labels.length > 0 ? labels.join(' ') : here?.textContent ?? '')
    })
    if (name.test(focused)) return
    seen.push(focused.slice(0, 20))
    await page.keyboard.press(key)
  }
  throw new Error(`Tab never reached ${String(name)}; it went by ${seen.join(' | ')}`)
}

test('the keyboard alone: sign in, a new report, filled, submitted, opened from the list, signed', async () => {
  const { page, says } = await house.sit(county)
  const { keyboard } = page
  const enter = async (account: string) => {
    await page.getByLabel(says.shell['signIn.account']).and(page.locator(':focus')).waitFor()
    await keyboard.type(account)
    await keyboard.press('Tab')
    await keyboard.type('demo')
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: says.desk.title }).waitFor()
  }
  await enter('duty')
  await keyboard.press('n')
  await page.getByRole('heading', { level: 1, name: says.form['new.first'] }).waitFor()
  await tabTo(page, /^事件类型/)
  await search(page, '11C02', /11C02/)
  await tabTo(page, /^行政区划/)
  await search(page, 'wsx', /乌什县/)
  await tabTo(page, /^事发时间/)
  await keyboard.type('0000')
  await tabTo(page, /^震级/)
  await keyboard.type('7.1')
  await tabTo(page, /^其余 \d 项均不详/)
  await keyboard.press('Enter')
  await tabTo(page, /^标题/)
  await keyboard.press('Control+a')
  await keyboard.type('只用键盘写的报告')
  await tabTo(page, /^正文/)
  await keyboard.type('震感强烈，正在核查。')
  await keyboard.press('Control+Enter')
  const check = page.getByRole('dialog', { name: says.form['check.title'] })
  await check.getByText(says.form['check.receivers']).waitFor()
  await tabTo(page, /^送审$/)
  await keyboard.press('Enter')
  await page.waitForURL(/\/reports\/[0-9A-Z]{26}$/)
  await page.getByText(says.desk['status.submitted']).first().waitFor()

  await tabTo(page, /^当前人员/)
  await keyboard.press('Enter')
  await page.getByRole('menuitem', { name: says.shell['top.signOut'] }).waitFor()
  // While it still slides in, Tab would pass it by.
  await page.locator('.ant-dropdown:not([class*="slide-up"])').waitFor()
  await keyboard.press('Tab')
  // The menu moves the focus a frame later; a key pressed meanwhile would go to the item before.
  await page.getByRole('menuitem').and(page.locator(':focus')).waitFor()
  await keyboard.press('ArrowUp')
  await page.getByRole('menuitem', { name: says.shell['top.signOut'] }).and(page.locator('.ant-dropdown-menu-item-active')).and(page.locator(':focus')).waitFor()
  await keyboard.press('Enter')
  await enter('leader')
  await keyboard.press('b')
  await page.getByRole('link', { name: /只用键盘写的报告/ }).waitFor()
  await keyboard.press('j')
  await keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '只用键盘写的报告' }).waitFor()
  await keyboard.press('s')
  await page.getByRole('dialog').getByText(says.form['check.deadlines']).waitFor()
  await page.getByRole('dialog').locator('textarea:focus').waitFor()
  await keyboard.press('Control+Enter')
  await page.getByText(says.desk['status.sent']).or(page.getByText(says.desk['status.received'])).first().waitFor()
})

test('with the link to the prefecture cut the county’s desk says what is unsent and why; healed, it falls silent and the region has it', async () => {
  const admin = await house.tree.at(county).as('admin')
  const { page, says } = await house.sit(county, 'duty')
  await admin.post(`/api/links/${encodeURIComponent(prefecture)}/cut`)
  const { id, title } = await reportAtCounty(house.tree, 'sent', { title: '断网期间的报告' })
  const strip = page.getByRole('status').filter({ hasText: saying(says.desk.unsent, { peer: stationNames[prefecture] }) })
  await strip.waitFor()
  expect(await strip.innerText()).toMatch(/[1-9]\d* 条，因为：.*切断/)
  await page.goto(`/reports/${id}`)
  await page.getByText(saying(says.page['track.unsent'])).waitFor()
  await page.keyboard.press('d')
  await strip.waitFor()
  await admin.post(`/api/links/${encodeURIComponent(prefecture)}/heal`)
  await strip.waitFor({ state: 'detached' })
  const above = await house.sit(region, 'duty')
  await above.page.getByRole('link', { name: new RegExp(title) }).waitFor()
})

test('the bulletin as Word and PDF and the list as Excel arrive whole', async () => {
  const { id } = await reportAtCounty(house.tree, 'sent')
  const { page, says } = await house.sit(county, 'duty')
  const fetched = async (press: () => Promise<void>) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
  }
  const excel = await fetched(() => page.getByRole('link', { name: says.desk.excel }).click())
  expect([excel.name, excel.bytes.subarray(0, 4).toString('latin1')]).toEqual([expect.stringMatching(/\.xlsx$/), 'PK\u0003\u0004'])
  await page.goto(`/reports/${id}`)
  for (const [item, ending, magic] of [[says.page.docx, /\.docx$/, 'PK\u0003\u0004'], [says.page.pdf, /\.pdf$/, '%PDF']] as const) {
    await page.getByRole('button', { name: says.page.print }).click()
    const { name, bytes } = await fetched(() => page.getByRole('link', { name: item }).click())
    expect([name, bytes.subarray(0, 4).toString('latin1')]).toEqual([expect.stringMatching(ending), magic])
    expect(bytes.length).toBeGreaterThan(2_000)
  }
})

test('what a role may not do is not offered, and the address alone does not open it', async () => {
  const { id } = await reportAtCounty(house.tree, 'submitted')
  const duty = await house.sit(county, 'duty')
  await duty.page.goto(`/reports/${id}`)
  await duty.page.getByRole('heading', { level: 1 }).waitFor()
  expect(await duty.page.getByRole('button', { name: duty.says.page['action.sign'] }).count()).toBe(0)
  await duty.page.keyboard.press('s')
  expect(await duty.page.getByRole('dialog').count()).toBe(0)
  const leader = await house.sit(county, 'leader')
  await leader.page.goto(`/reports/${id}`)
  await leader.page.getByRole('button', { name: leader.says.page['action.sign'] }).waitFor()

  const admin = await house.sit(county, 'admin', { mayComplain: /403/ })
  await admin.page.getByRole('navigation').getByRole('link', { name: admin.says.directory['links.title'] }).waitFor()
  for (const name of [admin.says.desk.title, admin.says.directory['people.title']]) expect(await admin.page.getByRole('navigation').getByRole('link', { name }).count()).toBe(0)
  await admin.page.goto(`/reports/${id}`)
  await admin.page.getByRole('alert').waitFor()
  expect(await admin.page.getByText(quake().text).count()).toBe(0)

  const field = await house.sit(scene, 'field')
  await field.page.getByRole('button', { name: field.says.desk.new }).waitFor()
})

test('a wrong password is told in plain words; an ended session asks to sign in at the same page', async () => {
  const seat = await house.sit(county, undefined, { mayComplain: /401/ })
  const { page, says, context, station } = seat
  await page.getByLabel(says.shell['signIn.account']).fill('duty')
  await page.getByLabel(says.shell['signIn.password']).fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: '密码' }).waitFor()
  await page.getByLabel(says.shell['signIn.password']).fill('demo')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: says.desk.title }).waitFor()
  await page.keyboard.press('i')
  await page.getByRole('heading', { level: 1, name: '突发事件' }).waitFor()
  // Its live socket ends with the session, so the page asks by itself.
  await context.request.delete(`${station.url}/api/session`, { headers: { origin: station.url } })
  await page.getByLabel(says.shell['signIn.account']).waitFor()
  expect(new URL(page.url()).pathname).toBe('/incidents')
  await signIn(seat, 'leader')
  await page.getByRole('heading', { level: 1, name: '突发事件' }).waitFor()
})

test('a report from below is counted on the desk and on the window’s title, found by two characters, and accepted from the list', async () => {
  const { page, says } = await house.sit(prefecture, 'duty')
  const tile = page.getByRole('button', { name: new RegExp(says.desk['count.unaccepted']) })
  await tile.filter({ hasText: /\d/ }).waitFor()
  const before = Number((await tile.innerText()).match(/\d+/)?.[0])
  const { title } = await reportAtCounty(house.tree, 'sent', { title: '乌什县某化工厂爆炸' })
  await expect.poll(async () => Number((await tile.innerText()).match(/\d+/)?.[0]), patience).toBe(before + 1)
  await expect.poll(() => page.title(), patience).toMatch(/^\(\d+\)/)
  await page.getByLabel(says.desk.search).fill('化工')
  await page.waitForURL(/q=/)
  const row = page.getByRole('row', { name: new RegExp(title) })
  await row.getByRole('button', { name: new RegExp(says.desk.accept) }).click()
  await row.getByRole('button', { name: new RegExp(says.desk.accept) }).waitFor({ state: 'detached' })
})

test('keys tell what they do; the palette goes to any page', async () => {
  const { page, says } = await house.sit(prefecture, 'duty')
  const { keyboard } = page
  await page.getByRole('heading', { level: 1, name: says.desk.title }).waitFor()
  await keyboard.press('?')
  await page.getByRole('dialog', { name: says.shell['help.title'] }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await keyboard.press('Control+k')
  await page.getByRole('combobox', { name: says.shell['top.search'] }).waitFor()
  await keyboard.type('规范')
  await page.getByRole('option', { name: '规范' }).waitFor()
  await keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '规范' }).waitFor()
  await keyboard.press('d')
  await page.getByRole('heading', { level: 1, name: says.desk.title }).waitFor()
})

test('a lower station that loosens a norm is told why before it publishes', async () => {
  const { page } = await house.sit(prefecture, 'leader')
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
})
