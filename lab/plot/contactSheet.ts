import { mkdirSync, writeFileSync } from 'node:fs'
import { openBrowser } from '#lab/e2e/browser.ts'
import { sheetHtml } from './sheetPage.ts'

/** `node scripts/node24.mjs lab/plot/contactSheet.ts`: every symbol and every tactical shape in one picture, to be looked at. */
const file = process.argv[2] ?? 'screenshots/contact-sheet.png'
const browser = await openBrowser()
try {
  const page = await browser.newPage({ viewport: { width: 1800, height: 1000 }, deviceScaleFactor: 1 })
  await page.setContent(sheetHtml())
  await page.evaluate('document.fonts.ready')
  const png = await page.screenshot({ fullPage: true })
  mkdirSync('screenshots', { recursive: true })
  writeFileSync(file, png)
  console.log(`${file}: ${png.length} bytes`)
} finally {
  await browser.close()
}
