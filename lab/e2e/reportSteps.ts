import type { Page } from 'playwright-core'
import type { Action } from '#modules/report/report.api.ts'
import type { Seat } from './house.ts'
import { saying } from './words.ts'

export interface Story {
  /** Typed over the suggested title when given. */
  title?: string
  text: string
  deaths?: number
  attachment?: { name: string; mimeType: string; buffer: Buffer }
}

/** From the desk to a filled form, as a duty officer does it; nothing is saved at the station yet. */
export async function fillReport({ page, says }: Seat, story: Story): Promise<void> {
  const { form } = says
  await page.getByRole('button', { name: says.desk.new }).click()
  await page.getByRole('heading', { level: 1, name: form['new.first'] }).waitFor()
  await page.getByRole('combobox', { name: form['field.code'] }).focus()
  await search(page, '11C02', /11C02/)
  await page.getByRole('combobox', { name: form['field.division'] }).focus()
  await search(page, 'wsx', /乌什县/)
  await page.getByLabel(form['field.occurredAt']).fill('0001')
  await page.getByLabel(/震级|Magnitude/).fill('7.1')
  if (story.deaths !== undefined) await page.getByLabel(form['figure.deaths'], { exact: true }).fill(String(story.deaths))
  await page.getByRole('button', { name: saying(form['figure.restUnknown']) }).click()
  await page.getByLabel(form['field.text'], { exact: false }).fill(story.text)
  if (story.title) await page.getByLabel(form['field.title']).fill(story.title)
  if (story.attachment) {
    await page.locator('summary', { hasText: form['section.attachments'] }).click()
    await page.locator('input[type=file]').setInputFiles(story.attachment)
    await page.getByRole('link', { name: story.attachment.name }).waitFor()
  }
}

/** Types into a picker and takes the option that comes first. */
export async function pick(page: Page, label: string, typed: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).first().focus()
  await page.keyboard.type(typed)
  await page.locator('.ant-select-item-option-active', { hasText: option }).waitFor()
  await page.keyboard.press('Enter')
}

/** Types into the focused picker that asks the station, and takes the option that comes first once it has answered. */
export async function search(page: Page, typed: string, option: RegExp): Promise<void> {
  const answer = page.waitForResponse((response) => new URL(response.url()).searchParams.get('q') === typed)
  await page.keyboard.type(typed)
  await (await answer).finished()
  await page.locator('.ant-select-item-option-active', { hasText: option }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.ant-select-content-value, .ant-select-selection-item, .ant-select-content', { hasText: option }).first().waitFor()
}

/** 送审 with its check of what is missing and who will receive it; answers the id of the report. */
export async function submitReport({ page, says }: Seat): Promise<string> {
  await page.getByRole('button', { name: says.form.submit, exact: true }).click()
  const check = page.getByRole('dialog', { name: says.form['check.title'] })
  await check.getByText(says.form['check.receivers']).waitFor()
  await check.getByRole('button', { name: says.form.submit, exact: true }).click()
  await page.waitForURL(/\/reports\/[0-9A-Z]{26}[.tx]*$/)
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

/** One command of the report page: its button, its dialog filled, confirmed, gone. */
export async function act({ page, says }: Seat, action: Exclude<Action, 'edit'>, fill?: (dialog: ReturnType<Page['getByRole']>) => Promise<void>): Promise<void> {
  const name = says.page[`action.${action}`]
  const button = page.locator('.page-head').getByRole('button', { name, exact: true })
  const more = page.locator('.page-head').getByRole('button', { name: says.page['action.more'] })
  await button.or(more).first().waitFor()
  if (await button.count() > 0) await button.click()
  else {
    await more.click()
    await page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click()
  }
  const dialog = page.getByRole('dialog', { name: new RegExp(`^${name} · `) })
  // The dialog takes the focus to its first field once it is open; typing before that would be torn in two.
  await dialog.locator(':is(input, textarea, button):focus').waitFor()
  await fill?.(dialog)
  await dialog.locator('.ant-modal-footer').getByRole('button', { name, exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}
