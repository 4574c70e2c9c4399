import {
  AlignmentType, BorderStyle, Document, Footer, Header, LineRuleType, Packer, PageNumber, Paragraph,
  Table, TableBorders, TableCell, TableLayoutType, TableRow, TabStopType, TextRun, WidthType,
} from 'docx'
import type { IParagraphOptions, IRunOptions } from 'docx'
import type { Bulletin } from './bulletin.ts'
import { attachmentLines, bodyTracking, copiedTo, letterheadLines, line, page, red, sentTo, size, titleLines } from './bulletinLayout.ts'

const twips = (points: number) => Math.round(points * 20)

/** The typefaces GB/T 9704 names; a machine without one of them falls back by itself. */
const fonts = {
  song: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia: '方正小标宋简体' },
  fangsong: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia: '仿宋' },
  hei: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia: '黑体' },
  kai: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia: '楷体' },
  plainSong: { ascii: '宋体', hAnsi: '宋体', cs: '宋体', eastAsia: '宋体' },
}

/** 值班快报 as a Word document that the office can go on editing. */
export async function bulletinToDocx(bulletin: Bulletin): Promise<Buffer> {
  const document = new Document({
    creator: bulletin.organ,
    lastModifiedBy: bulletin.organ,
    title: bulletin.title,
    subject: `${bulletin.organ}${bulletin.product}`,
    keywords: bulletin.reportId,
    evenAndOddHeaderAndFooters: true,
    styles: {
      default: {
        document: {
          run: { font: fonts.fangsong, size: size.three * 2, characterSpacing: twips(bodyTracking), language: { value: 'zh-CN', eastAsia: 'zh-CN' } },
          paragraph: { spacing: { line: twips(line), lineRule: LineRuleType.EXACT, before: 0, after: 0 } },
        },
      },
    },
    sections: [{
      properties: {
        page: {
          size: { width: twips(page.width), height: twips(page.height) },
          margin: { top: twips(page.top), bottom: twips(page.bottom), left: twips(page.left), right: twips(page.right), header: twips(60), footer: twips(66) },
        },
      },
      headers: { default: header(bulletin), even: header(bulletin) },
      footers: { default: footer('right'), even: footer('left') },
      children: [...letterhead(bulletin), ...title(bulletin), ...body(bulletin), ...ending(bulletin), blank(), blank(), colophon(bulletin), end()],
    }],
  })
  return Packer.toBuffer(document)
}

function letterhead(bulletin: Bulletin): Paragraph[] {
  const lines = letterheadLines(bulletin.organ, bulletin.product)
  const letters = lines.map((l, i) => paragraph({
    alignment: AlignmentType.CENTER,
    spacing: { before: i === 0 ? twips(line) : 0, line: twips(l.size * 1.35), lineRule: LineRuleType.EXACT },
  }, { text: l.text, size: l.size * 2, bold: true, characterSpacing: 0, color: red.slice(1), font: fonts.song }))
  const numberLine = new Paragraph({
    tabStops: [{ type: TabStopType.RIGHT, position: twips(page.textWidth - size.three) }],
    spacing: { before: twips(line), line: twips(line), lineRule: LineRuleType.EXACT },
    border: { bottom: { style: BorderStyle.SINGLE, size: 12, color: red.slice(1), space: 8 } },
    children: [
      new TextRun({ text: `　${bulletin.number}` }),
      new TextRun({ text: '\t签发人：' }),
      new TextRun({ text: bulletin.signer ?? '（未签发）', font: fonts.kai }),
    ],
  })
  return [...letters, numberLine]
}

function title(bulletin: Bulletin): Paragraph[] {
  return [
    blank(),
    new Paragraph({
      alignment: AlignmentType.CENTER, indent: { left: twips(size.two), right: twips(size.two) },
      spacing: { before: twips(line / 2), after: twips(line), line: twips(34), lineRule: LineRuleType.EXACT },
      children: titleLines(`${bulletin.mark ?? ''}${bulletin.title}`).map((text, i) => new TextRun({ text, break: i, size: size.two * 2, characterSpacing: 0, font: fonts.song, bold: true })),
    }),
  ]
}

function body(bulletin: Bulletin): Paragraph[] {
  const recipients = bulletin.recipients.length > 0 ? [paragraph({}, { text: sentTo(bulletin.recipients) })] : []
  const blocks = bulletin.body.map((block) => paragraph(
    { indent: { firstLineChars: 200, firstLine: twips(size.three * 2) }, keepNext: block.kind === 'heading', widowControl: false },
    { text: block.text, font: block.kind === 'heading' ? fonts.hei : fonts.fangsong },
  ))
  const attachments = attachmentLines(bulletin.attachments).map((text, i) => paragraph(
    { indent: { left: twips(size.three * 2) }, spacing: { before: i === 0 ? twips(line) : 0, line: twips(line), lineRule: LineRuleType.EXACT } },
    { text },
  ))
  return [...recipients, ...blocks, ...(bulletin.attachments.length > 0 ? attachments : [])]
}

/** 发文机关署名, 成文日期 */
function ending(bulletin: Bulletin): Paragraph[] {
  return [
    paragraph({ alignment: AlignmentType.RIGHT, keepNext: true, indent: { right: twips(size.three * 2) }, spacing: { before: twips(line), line: twips(line), lineRule: LineRuleType.EXACT } }, { text: bulletin.organ }),
    paragraph({ alignment: AlignmentType.RIGHT, indent: { right: twips(size.three * 2) } }, { text: bulletin.date }),
  ]
}

/** 版记, between rules. It follows the text: a place at the very foot of the last page is kept by no two office programs alike (the PDF has it). */
function colophon(bulletin: Bulletin): Table {
  const pitch = line * 0.9
  const spacing = { line: twips(pitch), lineRule: LineRuleType.EXACT }
  const run = { size: size.four * 2, characterSpacing: 0 }
  const copies = bulletin.copies.length === 0 ? [] : [new Paragraph({
    spacing, indent: { left: twips(size.four * 4), hanging: twips(size.four * 3), right: twips(size.four) }, children: [new TextRun({ ...run, text: copiedTo(bulletin.copies) })],
  })]
  const issued = new Paragraph({
    spacing,
    tabStops: [{ type: TabStopType.RIGHT, position: twips(page.textWidth - size.four) }],
    children: [new TextRun({ ...run, text: `　${bulletin.organ}\t${bulletin.issuedAt}` })],
  })
  const rows = [...copies, issued]
  return new Table({
    width: { size: twips(page.textWidth), type: WidthType.DXA },
    columnWidths: [twips(page.textWidth)],
    layout: TableLayoutType.FIXED,
    borders: TableBorders.NONE,
    rows: rows.map((paragraph, i) => new TableRow({ cantSplit: true, children: [ruled(paragraph, i === 0, i === rows.length - 1)] })),
  })
}

function ruled(paragraph: Paragraph, first: boolean, last: boolean): TableCell {
  const rule = (thick: boolean) => ({ style: BorderStyle.SINGLE, size: thick ? 8 : 6, color: '000000' })
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' }
  return new TableCell({
    children: [paragraph],
    width: { size: twips(page.textWidth), type: WidthType.DXA },
    margins: { left: 0, right: 0 },
    borders: { top: rule(first), bottom: rule(last), left: none, right: none },
  })
}

/** Word wants a paragraph after a table; this one takes no room. */
function end(): Paragraph {
  return new Paragraph({ spacing: { line: 20, lineRule: LineRuleType.EXACT }, children: [new TextRun({ text: '', size: 2 })] })
}

function header(bulletin: Bulletin): Header {
  const children = bulletin.mark === null ? [new Paragraph({})] : [paragraph({ alignment: AlignmentType.LEFT }, { text: bulletin.mark, font: fonts.hei, bold: true, size: size.two * 2 })]
  return new Header({ children })
}

function footer(side: 'left' | 'right'): Footer {
  const run = { size: size.four * 2, font: fonts.plainSong }
  return new Footer({
    children: [new Paragraph({
      alignment: side === 'right' ? AlignmentType.RIGHT : AlignmentType.LEFT,
      indent: side === 'right' ? { right: twips(size.four) } : { left: twips(size.four) },
      children: [new TextRun({ ...run, children: ['— ', PageNumber.CURRENT, ' —'] })],
    })],
  })
}

function blank(): Paragraph {
  return new Paragraph({})
}

function paragraph(options: IParagraphOptions, run: IRunOptions): Paragraph {
  return new Paragraph({ ...options, children: [new TextRun(run)] })
}
