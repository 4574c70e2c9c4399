import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { federation, fiveStations, type Federation, type FederationOptions, type Member } from '#lab/federation/federation.ts'
import { openBrowser, sizes } from './browser.ts'
import { words, type Words } from './words.ts'

export const [region, prefecture, county, scene] = fiveStations
/** How long anything on a screen may take on a busy machine. */
export const patience = { timeout: 30_000 }
const builtConsole = fileURLToPath(new URL('../../apps/console/dist/index.html', import.meta.url))
const failures = fileURLToPath(new URL('../../screenshots/failed/', import.meta.url))

/** The five stations by the names of the demo. */
export const stationNames = { '65': '新疆维吾尔自治区', '65/6529': '阿克苏地区', '65/6529/652927': '乌什县', '65/6529/652927/s1': '乌什县现场指挥部', '65/@seismology': '自治区地震局' }

/** What a Chromium without a graphics card says of every page with a map on it: it copies the picture by itself. */
const drawnWithoutGpu = /^\[\.WebGL-[^\]]*\]GL Driver Message \(OpenGL, Performance, [^)]*\): GPU stall due to ReadPixels/

export interface SeatOptions {
  size?: keyof typeof sizes
  language?: 'zh' | 'en'
  look?: 'dark' | 'light'
  /** Of what the browser's console may complain; anything else fails the test. */
  mayComplain?: RegExp
}

/** One person before one screen: a browser profile of their own. */
export interface Seat {
  page: Page
  context: BrowserContext
  station: Member
  says: Words
  /** Leaves the page without a goodbye and opens a new one in the same profile, as after a crash. */
  crash(): Promise<Page>
}

export interface House {
  tree: Federation
  browser: Browser
  /** Opens a station's console; signs in by the form when an account is given. */
  sit(address: string, account?: string, options?: SeatOptions): Promise<Seat>
}

/** Five stations and one browser for a test file. Every test ends by asking whether any page complained of anything. */
export function useHouse(options: FederationOptions = {}, { map = true }: { map?: boolean } = {}): House {
  vi.setConfig({ testTimeout: 300_000 })
  const house = { sit } as House
  let open: { seat: Seat; complaints: string[] }[] = []

  beforeAll(async () => {
    if (!existsSync(builtConsole)) throw new Error('browser tests need the built console: npm run build (npm test does it by itself)')
    ;[house.tree, house.browser] = await Promise.all([federation({ mode: 'test', names: stationNames, ...options }), openBrowser()])
  })
  afterEach(async ({ task }) => {
    const now = open
    open = []
    if (task.result?.state === 'fail') await keepPictures(now.map(({ seat }) => seat), task.name)
    for (const { seat } of now) await seat.context.close()
    expect(now.flatMap(({ complaints }) => complaints), 'what the browser complained of').toEqual([])
  })
  afterAll(async () => {
    await house.browser?.close()
    await house.tree?.close()
  })

  async function sit(address: string, account?: string, { size = 'wide', language = 'zh', look = 'dark', mayComplain }: SeatOptions = {}): Promise<Seat> {
    const station = house.tree.at(address)
    const context = await house.browser.newContext({ viewport: sizes[size], baseURL: station.url, reducedMotion: size === 'phone' ? 'reduce' : 'no-preference', storageState: { cookies: [], origins: [{ origin: station.url, localStorage: [{ name: 'fengsui.language', value: language }, { name: 'fengsui.look', value: look }] }] } })
    context.setDefaultTimeout(patience.timeout)
    // A line that saves data gets no map beside its pages: what is not about the map need not draw one without a graphics card.
    if (!map) await context.addInitScript('Object.defineProperty(navigator, "connection", { value: { saveData: true } })')
    const complaints: string[] = []
    const complain = (text: string) => { if (!mayComplain?.test(text)) complaints.push(`${account ?? ''}@${address}: ${text}`) }
    context.on('console', (message) => { if ((message.type() === 'error' || message.type() === 'warning') && !drawnWithoutGpu.test(message.text())) complain(`${message.text()} ${message.location().url}`) })
    context.on('weberror', (fault) => complain(fault.error().stack ?? fault.error().message))
    const seat: Seat = {
      page: await context.newPage(), context, station, says: words[language],
      crash: async () => {
        const next = await context.newPage()
        await seat.page.close({ runBeforeUnload: false })
        return seat.page = next
      },
    }
    open.push({ seat, complaints })
    await seat.page.goto('/')
    if (account) await signIn(seat, account)
    return seat
  }
  return house
}

export async function signIn({ page, says }: Seat, account: string, password = 'demo'): Promise<void> {
  await page.getByLabel(says.shell['signIn.account']).fill(account)
  await page.getByLabel(says.shell['signIn.password']).fill(password)
  await page.getByRole('button', { name: says.shell['signIn.do'], exact: true }).click()
  await page.getByRole('banner').waitFor()
}

async function keepPictures(seats: readonly Seat[], test: string): Promise<void> {
  mkdirSync(failures, { recursive: true })
  for (const [i, { page }] of seats.entries()) {
    await page.screenshot({ path: `${failures}${test.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}-${i}.png` }).catch(() => undefined)
  }
}
