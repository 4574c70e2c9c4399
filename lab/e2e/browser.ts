import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The sizes the console is made for: a duty room's screen, a laptop and a phone. */
export const sizes = { wide: { width: 1920, height: 1080 }, laptop: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } } as const

/** Maps are drawn by Mesa's processor renderer: with four maps open Chromium's own takes six seconds and more for a picture. */
const drawnByMesa = ['--use-angle=gl-egl', '--ignore-gpu-blocklist']

/** The system's Chromium; a test without one fails and says what to install. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path))
  if (!executablePath) throw new Error('browser tests need Chromium: apt install chromium, or set CHROMIUM to its path')
  return chromium.launch({ executablePath, env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1' }, args: ['--no-sandbox', ...drawnByMesa, '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
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
