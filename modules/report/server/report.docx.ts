import {
  AlignmentType, BorderStyle, Document, DocumentGridType, Footer, Header, HeightRule, LineRuleType, OverlapType, Packer, PageNumber, Paragraph,
  RelativeHorizontalPosition, RelativeVerticalPosition, Table, TableAnchorType, TableBorders, TableCell, TableRow, TabStopType, TextRun, VerticalAlign, WidthType,
} from 'docx'
import type { IParagraphOptions, IRunOptions } from 'docx'
import type { Bulletin } from './bulletin.ts'
import { attachmentLines, bodyTracking, copiedTo, letterheadLines, line, page, red, sentTo, size } from './bulletinLayout.ts'

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
          run: { font: fonts.fangsong, size: size.three * 2, language: { value: 'zh-CN', eastAsia: 'zh-CN' } },
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
        grid: { type: DocumentGridType.LINES_AND_CHARS, linePitch: twips(line), charSpace: Math.round(bodyTracking * 4096) },
      },
      headers: { default: header(bulletin), even: header(bulletin) },
      footers: { default: footer('right'), even: footer('left') },
      children: [...letterhead(bulletin), ...title(bulletin), ...body(bulletin), ...ending(bulletin), colophon(bulletin), anchor()],
    }],
  })
  return Packer.toBuffer(document)
}

function letterhead(bulletin: Bulletin): Paragraph[] {
  const lines = letterheadLines(bulletin.organ, bulletin.product)
  const letters = lines.map((l, i) => paragraph({
    alignment: AlignmentType.CENTER,
    spacing: { before: i === 0 ? twips(line) : 0, line: twips(l.size * 1.35), lineRule: LineRuleType.EXACT },
  }, { text: l.text, size: l.size * 2, bold: true, color: red.slice(1), font: fonts.song }))
  const numberLine = new Paragraph({
    tabStops: [{ type: TabStopType.RIGHT, position: twips(page.textWidth - size.three) }],
    indent: { left: twips(size.three) },
    spacing: { before: twips(line), line: twips(line), lineRule: LineRuleType.EXACT },
    border: { bottom: { style: BorderStyle.SINGLE, size: 12, color: red.slice(1), space: 8 } },
    children: [
      new TextRun({ text: bulletin.number }),
      new TextRun({ text: '\t签发人：' }),
      new TextRun({ text: bulletin.signer ?? '（未签发）', font: fonts.kai }),
    ],
  })
  return [...letters, numberLine]
}

function title(bulletin: Bulletin): Paragraph[] {
  return [
    blank(),
    paragraph({ alignment: AlignmentType.CENTER, spacing: { before: twips(line / 2), after: twips(line), line: twips(34), lineRule: LineRuleType.EXACT } },
      { text: `${bulletin.mark ?? ''}${bulletin.title}`, size: size.two * 2, font: fonts.song, bold: true }),
  ]
}

function body(bulletin: Bulletin): Paragraph[] {
  const recipients = bulletin.recipients.length > 0 ? [paragraph({}, { text: sentTo(bulletin.recipients) })] : []
  const blocks = bulletin.body.map((block) => paragraph(
    { indent: { firstLineChars: 200, firstLine: twips(size.three * 2) }, keepNext: block.kind === 'heading' },
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

/** 版记: at the foot of the last page, between rules. */
function colophon(bulletin: Bulletin): Table {
  const thick = { style: BorderStyle.SINGLE, size: 8, color: '000000' }
  const thin = { style: BorderStyle.SINGLE, size: 6, color: '000000' }
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' }
  const row = (children: Paragraph[], first: boolean, last: boolean) => new TableRow({
    cantSplit: true,
    height: { value: twips(line), rule: HeightRule.ATLEAST },
    children: [new TableCell({
      children,
      width: { size: twips(page.textWidth), type: WidthType.DXA },
      verticalAlign: VerticalAlign.CENTER,
      margins: { left: 0, right: 0 },
      borders: { top: first ? thick : thin, bottom: last ? thick : thin, left: none, right: none },
    })],
  })
  const rows = [
    ...(bulletin.copies.length > 0 ? [[paragraph({ indent: { left: twips(size.four * 4), hanging: twips(size.four * 3), right: twips(size.four) } }, { text: copiedTo(bulletin.copies), size: size.four * 2 })]] : []),
    [new Paragraph({
      tabStops: [{ type: TabStopType.RIGHT, position: twips(page.textWidth - size.four) }],
      indent: { left: twips(size.four) },
      children: [new TextRun({ text: bulletin.organ, size: size.four * 2 }), new TextRun({ text: `\t${bulletin.issuedAt}`, size: size.four * 2 })],
    })],
  ]
  return new Table({
    width: { size: twips(page.textWidth), type: WidthType.DXA },
    columnWidths: [twips(page.textWidth)],
    borders: TableBorders.NONE,
    float: {
      horizontalAnchor: TableAnchorType.MARGIN, verticalAnchor: TableAnchorType.MARGIN,
      relativeHorizontalPosition: RelativeHorizontalPosition.LEFT, relativeVerticalPosition: RelativeVerticalPosition.BOTTOM,
      topFromText: twips(line / 2), overlap: OverlapType.NEVER,
    },
    rows: rows.map((children, i) => row(children, i === 0, i === rows.length - 1)),
  })
}

/** Word wants a paragraph after a table; this one takes no room. */
function anchor(): Paragraph {
  return new Paragraph({ spacing: { line: 20, lineRule: LineRuleType.EXACT }, children: [new TextRun({ text: '', size: 2 })] })
}

function header(bulletin: Bulletin): Header {
  const children = bulletin.mark === null ? [new Paragraph({})] : [paragraph({ alignment: AlignmentType.LEFT }, { text: bulletin.mark, font: fonts.hei, bold: true, size: size.three * 2 })]
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
