import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import JSZip from 'jszip'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breakLines } from './breakLines.ts'
import { titleLines } from './bulletinLayout.ts'
import { bulletinOf, organName, type BulletinWords } from './bulletinOf.ts'
import { bulletinToDocx } from './report.docx.ts'
import { bulletinToPdf } from './report.pdf.ts'
import { reportsToXlsx } from './report.xlsx.ts'
import { sampleReport, sampleRow } from './sampleReport.ts'

const words: BulletinWords = {
  codeName: (code) => (code === '11C02' ? '天然地震' : undefined),
  measure: (name) => (name === 'magnitude' ? { name: '震级', unit: '' } : undefined),
}
const hostile = '</w:t><script>alert(1)</script>&amp;\u0000\u0007\uFFFE\uD800x\u202Egpj.exe\u2028第二行 “引号” 𠮷 😀 ئۇيغۇر'
const long = Array.from({ length: 120 }, (_, i) => `第${i + 1}段：县消防救援大队32人6车已出发，部分房屋倒塌，具体情况正在核查，后续情况及时续报。`).join('\n')

let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'bulletin-')) })
afterAll(() => rmSync(folder, { recursive: true }))

function run(command: string, args: string[]): string {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8 })
  if (done.status !== 0) throw new Error(`${command}: ${done.error?.message ?? done.stderr}`)
  return done.stdout
}

async function pdfText(bytes: Buffer): Promise<string> {
  const path = join(folder, 'bulletin.pdf')
  writeFileSync(path, bytes)
  return run('pdftotext', ['-layout', path, '-'])
}

const flat = (text: string) => text.replaceAll(/\s+/g, '')

/** Every part is well-formed XML in the judgement of xmllint; returns the text of the body. */
async function docxText(bytes: Buffer): Promise<string> {
  const zip = await JSZip.loadAsync(bytes)
  for (const name of Object.keys(zip.files).filter((n) => n.endsWith('.xml') || n.endsWith('.rels'))) {
    const path = join(folder, 'part.xml')
    writeFileSync(path, await zip.file(name)!.async('nodebuffer'))
    run('xmllint', ['--noout', path])
  }
  const path = join(folder, 'part.xml')
  writeFileSync(path, await zip.file('word/document.xml')!.async('nodebuffer'))
  return run('xmllint', ['--xpath', 'string(/)', path])
}

describe('值班快报, what it says', () => {
  it('says changed figures, unknown ones and those that became known', () => {
    const text = bulletinOf(sampleReport(), words).body.map((block) => block.text).join('\n')
    expect(text).toContain('死亡3人（较上次报告增加2人），失踪情况不明，重伤2人（上次报告不明），轻伤3人（较上次报告减少1人），被困0人，紧急转移安置12426人，直接经济损失情况不明。')
    expect(text).toContain('2024年1月23日02时09分，阿克苏地区乌什县亚曼苏柯尔克孜族乡（东经78.63度，北纬41.26度）发生天然地震，震级7.1。我单位于02时12分接报，02时19分电话报告。')
    expect(text).toContain('初判为重大（Ⅱ级），按分级标准计算为特别重大（Ⅰ级）')
    expect(text).toContain('张伟批示：迅速核实人员伤亡')
    expect(text).toContain('需支援事项：棉帐篷500顶')
  })

  it('goes to the receivers and is copied to those it was forwarded to', () => {
    const bulletin = bulletinOf(sampleReport(), words)
    expect(bulletin).toMatchObject({ organ: '乌什县应急管理局', recipients: ['阿克苏地区应急管理局', '新疆维吾尔自治区应急管理厅'], copies: ['自治区地震局'], number: '〔2024〕0123-0241号' })
  })

  it('does not pretend that a draft is signed', () => {
    expect(bulletinOf(sampleReport({ signedBy: null, signedAt: null }), words)).toMatchObject({ signer: null, issuedAt: '未签发' })
  })

  it('leaves the names of departments and headquarters alone', () => {
    expect(organName('65/@seismology', '自治区地震局')).toBe('自治区地震局')
    expect(organName('65/6529/652927/s1', '乌什县现场指挥部')).toBe('乌什县现场指挥部')
  })
})

describe('DOCX', () => {
  it('is well-formed, holds the text, and says 演练 on every page', async () => {
    const bytes = await bulletinToDocx(bulletinOf(sampleReport(), words))
    const text = await docxText(bytes)
    for (const piece of ['乌什县应急管理局值班快报', '签发人：', '艾力·买买提', '【演练】乌什县7.1级地震灾害续报', '县应急管理局已启动地震灾害二级响应', '抄送：自治区地震局。', '附件：1. 亚曼苏乡震后现场.jpg']) expect(text).toContain(piece)
    const zip = await JSZip.loadAsync(bytes)
    const headers = await Promise.all(Object.keys(zip.files).filter((n) => /^word\/header\d\.xml$/.test(n)).map((n) => zip.file(n)!.async('string')))
    expect(headers).toHaveLength(2)
    for (const header of headers) expect(header).toContain('【演练】')
  })

  it('is an A4 page with the margins of GB/T 9704', async () => {
    const zip = await JSZip.loadAsync(await bulletinToDocx(bulletinOf(sampleReport({ mode: 'actual' }), words)))
    const xml = await zip.file('word/document.xml')!.async('string')
    expect(xml).toContain('w:w="11906" w:h="16838"')
    expect(xml).toMatch(/<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"/)
    expect(xml).not.toContain('演练')
  })

  it('stays well-formed whatever the officer typed', async () => {
    const text = await docxText(await bulletinToDocx(bulletinOf(sampleReport({ title: hostile, text: hostile, signedBy: hostile, stationName: hostile, attachments: [{ sha256: 'a'.repeat(64), name: hostile, size: 1, mediaType: 'x/y' }] }), words)))
    expect(text).toContain('</w:t><script>alert(1)</script>')
    expect(text).not.toContain('\u202E')
  })
})

describe('PDF', () => {
  it('holds the text, its typeface embedded, and the page number', async () => {
    const bytes = await bulletinToPdf(bulletinOf(sampleReport(), words))
    const text = flat(await pdfText(bytes))
    for (const piece of ['乌什县应急管理局值班快报', '签发人：艾力·买买提', '县应急管理局已启动地震灾害二级响应', '抄送：自治区地震局。', '—1—', '—2—']) expect(text).toContain(piece)
    const fonts = run('pdffonts', [join(folder, 'bulletin.pdf')]).trim().split('\n').slice(2)
    expect(fonts.length).toBeGreaterThan(0)
    for (const font of fonts) expect(font).toMatch(/NotoSerifSC.*yes yes yes/)
    expect(run('pdfinfo', [join(folder, 'bulletin.pdf')])).toMatch(/595\.\d+ x 841\.\d+ pts \(A4\)/)
  })

  it('is the same bytes for the same report', async () => {
    const [first, second] = await Promise.all([bulletinToPdf(bulletinOf(sampleReport(), words)), bulletinToPdf(bulletinOf(sampleReport(), words))])
    expect(first.equals(second)).toBe(true)
  })

  it('runs over as many pages as the text needs, marked 演练 and numbered on each, losing no paragraph', async () => {
    const pages = (await pdfText(await bulletinToPdf(bulletinOf(sampleReport({ text: long }), words)))).split('\f').slice(0, -1)
    expect(pages.length).toBeGreaterThan(8)
    pages.forEach((page, i) => {
      expect(page).toContain('【演练】')
      expect(flat(page)).toContain(`—${i + 1}—`)
    })
    const text = flat(pages.join(''))
    for (let i = 1; i <= 120; i++) expect(text).toContain(`第${i}段：`)
  })

  it('survives hostile strings and words longer than a line', async () => {
    const text = flat(await pdfText(await bulletinToPdf(bulletinOf(sampleReport({ title: hostile, text: `${hostile}\n${'x'.repeat(5000)}`, signedBy: hostile, stationName: '县'.repeat(60) }), words))))
    expect(text).toContain('<script>alert(1)</script>')
    expect(text.match(/x/g)!.length).toBeGreaterThanOrEqual(5000)
  })
})

describe('Excel', () => {
  const sheetOf = async (bytes: Buffer) => {
    const workbook = new ExcelJS.Workbook()
    await workbook.xlsx.load(bytes as unknown as ArrayBuffer)
    return workbook.worksheets[0]!
  }

  it('holds a line a report, in Beijing time, unknown figures as 不详', async () => {
    const sheet = await sheetOf(await reportsToXlsx([sampleRow()], 0))
    const cells = Object.fromEntries((sheet.getRow(1).values as string[]).slice(1).map((header, i) => [header, sheet.getRow(2).getCell(i + 1).value]))
    expect(cells).toMatchObject({ 演练: '演练', 种类: '续报', 级别: '特别重大', 死亡: 3, 失踪: '不详', 地点: '阿克苏地区乌什县亚曼苏柯尔克孜族乡' })
    expect(cells['事发时间']).toEqual(new Date(Date.UTC(2024, 0, 23, 2, 9)))
  })

  it.each(['=cmd|" /C calc"!A0', '+1+1', '-2+3', '@SUM(A1)', '\t=1+1', ' =1+1', '＝1+1', '%0A=1'])('never writes a formula: %j', async (title) => {
    const sheet = await sheetOf(await reportsToXlsx([sampleRow({ title, stationName: title })], 0))
    sheet.getRow(2).eachCell((cell) => {
      expect(cell.type).not.toBe(ExcelJS.ValueType.Formula)
      if (typeof cell.value === 'string') expect(cell.value).not.toMatch(/^\s*[=+\-@%|＝＋－＠]/)
    })
  })

  it('takes text longer than a cell may hold, and control characters', async () => {
    const sheet = await sheetOf(await reportsToXlsx([sampleRow({ title: hostile + '长'.repeat(40_000) })], 0))
    expect(sheet.getRow(2).getCell(4).text.length).toBeLessThanOrEqual(32_767)
  })
})

describe('title', () => {
  it('breaks before its bracket rather than inside a word', () => {
    expect(titleLines('乌什县7.1级天然地震首报（死亡1人、重伤2人）')).toEqual(['乌什县7.1级天然地震首报', '（死亡1人、重伤2人）'])
    expect(titleLines('乌什县地震（首报）')).toEqual(['乌什县地震（首报）'])
    expect(titleLines('长'.repeat(60))).toEqual(['长'.repeat(60)])
  })
})

describe('line breaking', () => {
  const one = () => 1
  it('starts no line with a full stop and ends none with an opening bracket', () => {
    const lines = breakLines('甲乙丙丁戊。（己庚辛壬癸）', 5, 0, one).map((l) => l.text)
    expect(lines.join('')).toBe('甲乙丙丁戊。（己庚辛壬癸）')
    for (const line of lines) {
      expect(line).not.toMatch(/^[。，）]/)
      expect(line).not.toMatch(/（$/)
    }
  })

  it('keeps numbers whole and loses nothing', () => {
    expect(breakLines('转移12426人', 4, 0, one).map((l) => l.text).join('')).toBe('转移12426人')
    expect(breakLines('转移1242人', 5, 0, one).map((l) => l.text)).toEqual(['转移', '1242人'])
  })
})
