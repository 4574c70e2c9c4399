import { test } from 'vitest'
import { county, prefecture, region, scene, useHouse, type SeatOptions } from './house.ts'
import { act, fillReport, pick, submitReport } from './reportSteps.ts'
import { saying } from './words.ts'

const house = useHouse({}, { map: false })
const photo = { name: '现场照片.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex') }

test.each([
  { language: 'zh', size: 'wide', look: 'dark' },
  { language: 'en', size: 'phone', look: 'light' },
] as const)('the life of a report at $size size in $language: from the county to the region, an instruction to the scene and back, closed, every signature checked', async (setting: SeatOptions) => {
  const title = `乌什县发生7.1级地震 ${setting.language}`
  const [duty, leader, prefectureDuty, regionDuty, regionLeader, sceneDuty] = await Promise.all([
    house.sit(county, 'duty', setting), house.sit(county, 'leader', setting), house.sit(prefecture, 'duty', setting),
    house.sit(region, 'duty', setting), house.sit(region, 'leader', setting), house.sit(scene, 'duty', setting),
  ])
  const { desk, page: sheet } = duty.says

  await fillReport(duty, { title, text: '震感强烈，伤亡情况正在核查。', attachment: photo })
  const id = await submitReport(duty)
  await duty.page.getByText(desk['status.submitted']).first().waitFor()

  await leader.page.goto(`/reports/${id}`)
  await act(leader, 'sign', (dialog) => dialog.getByText(duty.says.form['check.deadlines']).waitFor())

  // Nobody reloads: the report appears on the desks above by itself.
  for (const above of [prefectureDuty, regionDuty]) await above.page.getByRole('link', { name: new RegExp(title) }).waitFor()
  await regionDuty.page.getByRole('button', { name: `${desk.accept}: ${title}` }).click()
  await regionDuty.page.getByRole('button', { name: `${desk.accept}: ${title}` }).waitFor({ state: 'detached' })

  await regionLeader.page.goto(`/reports/${id}`)
  await act(regionLeader, 'instruct', async (dialog) => {
    await dialog.getByLabel(sheet['ask.text'], { exact: false }).fill('立即核查人员被困情况并反馈。')
    await pick(regionLeader.page, sheet['ask.to'], 's1', new RegExp(`${scene}$`))
    await regionLeader.page.keyboard.press('Escape')
  })

  const asked = sceneDuty.page.getByRole('link', { name: new RegExp(title) })
  await asked.click()
  await act(sceneDuty, 'feedback', async (dialog) => {
    await dialog.getByLabel(sheet['ask.text']).fill('已核查，无人员被困。')
    await dialog.getByLabel(sheet['ask.done']).check()
  })

  await leader.page.getByText('已核查，无人员被困。').first().waitFor()
  await act(leader, 'close', (dialog) => dialog.getByLabel(sheet['ask.outcome']).fill('转入恢复重建'))
  await leader.page.getByText(saying(sheet.closed, { outcome: '转入恢复重建' })).first().waitFor()

  // The duty officer's page has followed all of it: both receipts, the feedback, the picture.
  for (const above of [prefecture, region]) {
    await duty.page.locator('.track > li').filter({ has: duty.page.getByText(above, { exact: true }) }).getByText(sheet['track.received']).first().waitFor()
  }
  await duty.page.getByRole('link', { name: photo.name }).waitFor()
  await duty.page.getByRole('button', { name: sheet.verify }).click()
  await duty.page.getByText(saying(sheet['verify.good'])).waitFor()
})
