import { test } from 'vitest'
import { county, signIn, useHouse, type Seat } from './house.ts'
import { act, fillReport } from './reportSteps.ts'
import { reportAtCounty } from './seed.ts'

const house = useHouse({}, { map: false })
const story = { title: '写到一半的报告', text: '刚写到这里，', deaths: 2 }

async function expectKept({ page, says }: Seat): Promise<void> {
  await page.getByText(says.form['draft.restored']).waitFor()
  await page.getByLabel(says.form['field.text']).and(page.locator(':text-is("刚写到这里，")')).waitFor()
  await page.getByLabel(says.form['field.title']).and(page.locator('[value="写到一半的报告"]')).waitFor()
  await page.getByLabel(says.form['figure.deaths'], { exact: true }).and(page.locator('[value="2"]')).waitFor()
  await page.getByText('11C02').first().waitFor()
  await page.getByText('652927').first().waitFor()
}

test('what was typed survives a reload and a tab that dies', async () => {
  const seat = await house.sit(county, 'duty')
  await fillReport(seat, story)
  await seat.page.getByText(seat.says.form['draft.kept']).waitFor()
  await seat.page.reload()
  await expectKept(seat)
  await (await seat.crash()).goto('/reports/new')
  await expectKept(seat)
})

test('a session that ended and a station that is down are told in words and lose nothing typed', async () => {
  const seat = await house.sit(county, 'leader', { mayComplain: /401|ERR_CONNECTION|ERR_EMPTY|ERR_SOCKET|WebSocket/ })
  const { page, says, context, station } = seat
  await fillReport(seat, story)
  await context.request.delete(`${station.url}/api/session`, { headers: { origin: station.url } })
  await page.keyboard.press('Control+s')
  await page.getByRole('alert').or(page.getByLabel(says.shell['signIn.account'])).first().waitFor()
  await page.reload()
  await signIn(seat, 'leader')
  await expectKept(seat)

  await house.tree.stop(county)
  await page.getByRole('button', { name: says.form.save }).click()
  await page.getByRole('alert').filter({ hasText: '中断' }).first().waitFor()
  await page.getByLabel(says.form['field.text']).and(page.locator(':text-is("刚写到这里，")')).waitFor()
  await house.tree.restart(county)
  await page.getByRole('alert').filter({ hasText: says.shell['banner.down'] }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: says.form.save }).click()
  await page.getByText(says.form['draft.onStation']).waitFor()
})

test('two who edit the same draft: the second is told, keeps what was typed, and saves knowingly', async () => {
  const { id } = await reportAtCounty(house.tree, 'draft')
  const [first, second] = await Promise.all([house.sit(county, 'duty'), house.sit(county, 'leader', { mayComplain: /409/ })])
  for (const { page, says } of [first, second]) {
    await page.goto(`/reports/${id}/edit`)
    await page.getByLabel(says.form['field.text']).waitFor()
  }
  await first.page.getByLabel(first.says.form['field.text']).fill('值班员改的正文')
  await first.page.getByRole('button', { name: first.says.form.save }).click()
  await first.page.getByText(first.says.form['draft.onStation']).waitFor()

  await second.page.getByLabel(second.says.form['field.text']).fill('领导改的正文')
  await second.page.getByRole('button', { name: second.says.form.save }).click()
  await second.page.getByRole('alert').filter({ hasText: '值班员 刚改过这份草稿' }).waitFor()
  await second.page.getByLabel(second.says.form['field.text']).and(second.page.locator(':text-is("领导改的正文")')).waitFor()
  await second.page.getByRole('button', { name: second.says.form.save }).click()
  await second.page.getByText(second.says.form['draft.onStation']).waitFor()
})

test('two who sign at the same time: one signature, and the other is told that it is sent', async () => {
  const { id } = await reportAtCounty(house.tree, 'submitted')
  const [first, second] = await Promise.all([house.sit(county, 'leader'), house.sit(county, 'leader', { mayComplain: /409/ })])
  const name = second.says.page['action.sign']
  await second.page.goto(`/reports/${id}`)
  await second.page.getByRole('button', { name }).click()
  const dialog = second.page.getByRole('dialog', { name: new RegExp(`^${name} · `) })
  await dialog.getByLabel(second.says.page['ask.comment']).fill('请各部门立即响应')
  await first.page.goto(`/reports/${id}`)
  await act(first, 'sign')
  await dialog.locator('.ant-modal-footer').getByRole('button', { name }).click()
  await dialog.getByRole('alert').filter({ hasText: '报告已上报' }).first().waitFor()
  await dialog.getByText('请各部门立即响应').waitFor()
})
