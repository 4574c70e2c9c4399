import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { breakLines } from './breakLines.ts'
import type { Bulletin } from './bulletin.ts'
import { attachmentLines, bodyTracking, copiedTo, letterheadLines, line, page, pageNumber, red, sentTo, size, titleLines } from './bulletinLayout.ts'

/** 值班快报 as PDF. The typeface is embedded (only the glyphs used), so it looks the same on every machine. */
export async function bulletinToPdf(bulletin: Bulletin): Promise<Buffer> {
  const [regular, bold] = await Promise.all([typeface('400Regular'), typeface('700Bold')])
  const doc = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    lang: 'zh-CN',
    displayTitle: true,
    info: {
      Title: bulletin.title, Author: bulletin.organ, Subject: `${bulletin.organ}${bulletin.product}`, Keywords: bulletin.reportId,
      Creator: 'Fengsui', Producer: 'Fengsui', CreationDate: new Date(bulletin.at), ModDate: new Date(bulletin.at),
    },
  })
  const chunks: Buffer[] = []
  doc.on('data', (chunk: Buffer) => chunks.push(chunk))
  const finished = new Promise<void>((resolve, reject) => doc.on('end', resolve).on('error', reject))
  doc.registerFont('regular', regular).registerFont('bold', bold)
  const sheet = sheetOf(doc)
  letterhead(sheet, bulletin)
  title(sheet, bulletin)
  body(sheet, bulletin)
  colophon(sheet, bulletin)
  marginalia(doc, bulletin)
  doc.end()
  await finished
  return Buffer.concat(chunks)
}

type Weight = 'regular' | 'bold'

interface Setting {
  weight?: Weight
  size?: number
  /** Height of a line; the body's by default. */
  pitch?: number
  /** First line's indent, and that of the others, from the left edge of the text area. */
  first?: number
  left?: number
  right?: number
  align?: 'left' | 'center' | 'right'
  color?: string
  tracking?: number
}

/** A cursor on the text area that turns to a new page when the area is full. */
interface Sheet {
  doc: PDFKit.PDFDocument
  y: number
  down(points: number): void
  /** Turns the page unless so much is left on this one. */
  need(points: number): void
  /** Sets a paragraph and moves below it. */
  set(text: string, setting?: Setting): void
  /** The same with lines of about one length, as a title has them. */
  setBalanced(text: string, setting: Setting): void
  /** How high that paragraph would be. */
  heightOf(text: string, setting?: Setting): number
  /** Sets one line at a height without moving. */
  at(text: string, y: number, setting?: Setting): void
}

const lowest = page.top + page.textHeight

function sheetOf(doc: PDFKit.PDFDocument): Sheet {
  const widths = new Map<string, number>()
  const widthOf = (character: string, weight: Weight, points: number) => {
    const key = weight + character
    let width = widths.get(key)
    if (width === undefined) widths.set(key, (width = doc.font(weight).fontSize(100).widthOfString(character) / 100))
    return width * points
  }
  const broken = (text: string, s: Setting) => {
    const { weight = 'regular', size: points = size.three, first = 0, left = 0, right = 0, tracking = bodyTracking } = s
    return breakLines(text, page.textWidth - left - right, first - left, (c) => widthOf(c, weight, points) + tracking)
  }
  const draw = (text: string, y: number, s: Setting, isFirst: boolean, full: boolean) => {
    const { weight = 'regular', size: points = size.three, pitch = line, first = 0, left = 0, right = 0, align = 'left', color = '#000000', tracking = bodyTracking } = s
    const indent = isFirst ? first : left
    const room = page.textWidth - indent - right
    const count = [...text].length
    const natural = [...text].reduce((sum, c) => sum + widthOf(c, weight, points), 0) + tracking * count
    // A full line is spread over the measure, but a line that ends early (before a long word) is not torn apart.
    const extra = full && align === 'left' && count > 1 && room - natural < points * 3 ? (room - natural) / (count - 1) : 0
    const x = page.left + indent + (align === 'left' ? 0 : (room - natural) / (align === 'center' ? 2 : 1))
    doc.font(weight).fontSize(points).fillColor(color)
    doc.text(text, x, y + (pitch - points) / 2 - points * 0.22, { lineBreak: false, characterSpacing: tracking + extra, features: [] })
  }
  const sheet: Sheet = {
    doc,
    y: page.top,
    down: (points) => { sheet.y += points },
    need: (points) => {
      if (sheet.y + points > lowest + 0.5) {
        doc.addPage()
        sheet.y = page.top
      }
    },
    set: (text, setting = {}) => {
      broken(text, setting).forEach((l, i) => {
        sheet.need(setting.pitch ?? line)
        draw(l.text, sheet.y, setting, i === 0, l.full)
        sheet.y += setting.pitch ?? line
      })
    },
    setBalanced: (text, setting) => {
      const lines = broken(text, setting).length
      const { left = 0, right = 0 } = setting
      for (let margin = (page.textWidth - left - right) / 4; margin >= 0; margin -= 4) {
        const narrow = { ...setting, left: left + margin, first: left + margin, right: right + margin }
        if (margin >= 4 && broken(text, narrow).length > lines) continue
        sheet.set(text, narrow)
        return
      }
    },
    heightOf: (text, setting = {}) => broken(text, setting).length * (setting.pitch ?? line),
    at: (text, y, setting = {}) => draw(text, y, setting, true, false),
  }
  doc.addPage()
  return sheet
}

function letterhead(sheet: Sheet, bulletin: Bulletin) {
  sheet.down(line)
  for (const l of letterheadLines(bulletin.organ, bulletin.product)) {
    sheet.set(l.text, { weight: 'bold', size: l.size, pitch: l.size * 1.35, align: 'center', color: red, tracking: 0 })
  }
  sheet.down(line)
  sheet.at(bulletin.number, sheet.y, { first: size.three })
  sheet.at(`签发人：${bulletin.signer ?? '（未签发）'}`, sheet.y, { align: 'right', right: size.three })
  sheet.down(line + 4)
  rule(sheet, 1.5, red)
}

function title(sheet: Sheet, bulletin: Bulletin) {
  sheet.down(line * 1.5)
  for (const part of titleLines(`${bulletin.mark ?? ''}${bulletin.title}`)) sheet.setBalanced(part, { weight: 'bold', size: size.two, pitch: 34, align: 'center', tracking: 0, left: size.two, first: size.two, right: size.two })
  sheet.down(line)
}

function body(sheet: Sheet, bulletin: Bulletin) {
  if (bulletin.recipients.length > 0) sheet.set(sentTo(bulletin.recipients))
  for (const block of bulletin.body) {
    if (block.kind === 'heading') sheet.need(line * 2)
    sheet.set(block.text, { first: size.three * 2, weight: block.kind === 'heading' ? 'bold' : 'regular' })
  }
  if (bulletin.attachments.length > 0) {
    sheet.down(line)
    for (const text of attachmentLines(bulletin.attachments)) sheet.set(text, { first: size.three * 2, left: size.three * 5 })
  }
  sheet.down(line)
  sheet.need(line * 2)
  sheet.set(bulletin.organ, { align: 'right', right: size.three * 2 })
  sheet.set(bulletin.date, { align: 'right', right: size.three * 2 })
}

/** 版记: at the foot of the last page, between rules. */
function colophon(sheet: Sheet, bulletin: Bulletin) {
  const four = { size: size.four, pitch: line * 0.9, tracking: 0, right: size.four }
  const copies = { ...four, first: size.four, left: size.four * 4 }
  const copied = bulletin.copies.length > 0 ? copiedTo(bulletin.copies) : null
  const height = (copied === null ? 0 : sheet.heightOf(copied, copies)) + four.pitch
  sheet.down(line / 2)
  sheet.need(height)
  sheet.y = lowest - height
  rule(sheet, 1)
  if (copied !== null) {
    sheet.set(copied, copies)
    rule(sheet, 0.7)
  }
  sheet.at(bulletin.organ, sheet.y, { ...four, first: size.four })
  sheet.at(bulletin.issuedAt, sheet.y, { ...four, align: 'right' })
  sheet.y = lowest
  rule(sheet, 1)
}

function rule(sheet: Sheet, width: number, color = '#000000') {
  sheet.doc.moveTo(page.left, sheet.y).lineTo(page.left + page.textWidth, sheet.y).lineWidth(width).stroke(color)
}

/** Page numbers and, on an exercise, its mark on top of every page. */
function marginalia(doc: PDFKit.PDFDocument, bulletin: Bulletin) {
  const { start, count } = doc.bufferedPageRange()
  for (let n = 1; n <= count; n++) {
    doc.switchToPage(start + n - 1)
    const { text, side } = pageNumber(n)
    doc.font('regular').fontSize(size.four).fillColor('#000000')
    const x = side === 'left' ? page.left + size.four : page.left + page.textWidth - size.four - doc.widthOfString(text)
    doc.text(text, x, lowest + 10, { lineBreak: false })
    if (bulletin.mark !== null) doc.font('bold').fontSize(size.two).text(bulletin.mark, page.left, 50, { lineBreak: false })
  }
}

const require = createRequire(import.meta.url)

/** Read anew for each document: 15 MB each are not worth keeping in a station's memory between two bulletins. */
function typeface(name: '400Regular' | '700Bold'): Promise<Buffer> {
  return readFile(require.resolve(`@expo-google-fonts/noto-serif-sc/${name}/NotoSerifSC_${name}.ttf`))
}
