import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The sizes the console is made for: a duty room's screen and a phone. */
export const sizes = { wide: { width: 1920, height: 1080 }, phone: { width: 390, height: 844 } } as const

/** The system's Chromium; a test without one fails and says what to install. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path))
  if (!executablePath) throw new Error('browser tests need Chromium: apt install chromium, or set CHROMIUM to its path')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
}

export interface Visit {
  page: Page
  /** Console errors and warnings, page errors: none are tolerated. */
  complaints: string[]
  close(): Promise<void>
}

/** A fresh browser profile at one station, in one language and look. */
export async function visit(browser: Browser, url: string, options: { size?: keyof typeof sizes; language?: 'zh' | 'en'; look?: 'dark' | 'light' } = {}): Promise<Visit> {
  const { size = 'wide', language = 'zh', look = 'dark' } = options
  const context = await browser.newContext({ viewport: sizes[size], baseURL: url })
  await context.addInitScript(`localStorage.setItem('fengsui.language', '${language}'); localStorage.setItem('fengsui.look', '${look}')`)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints, close: () => context.close() }
}

/** Signs in the way a person without a mouse does. */
export async function signIn(page: Page, account: string): Promise<void> {
  await page.goto('/')
  await page.locator('form #account').waitFor()
  await page.keyboard.type(account)
  await page.keyboard.press('Tab')
  await page.keyboard.type('demo')
  await page.keyboard.press('Enter')
  await page.locator('.shell main h1').waitFor()
}

/** Serious and critical accessibility faults of what is on the screen. */
export async function graveFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })') as { violations: { id: string; impact: string; nodes: { html: string }[] }[] }
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 200)}`)
}

/** How many pixels the page is wider than the screen: nothing may need scrolling sideways. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)')
}
