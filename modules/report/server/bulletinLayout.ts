/**
 * GB/T 9704-2012 in points: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm, 22 lines of 28 characters in 3号.
 * What the standard counts in characters or lines is counted here in `body` and `line`.
 */
const mm = (n: number) => (n * 72) / 25.4

export const page = {
  width: mm(210), height: mm(297),
  top: mm(37), left: mm(28), right: mm(26), bottom: mm(35),
  textWidth: mm(156), textHeight: mm(225),
} as const

/** 22 lines on a page. */
export const line = page.textHeight / 22

/** Type sizes by their Chinese names. */
export const size = { two: 22, three: 16, four: 14 } as const

/** 28 characters of 3号 fit in the width of the text area only a little closer than set solid. */
export const bodyTracking = page.textWidth / 28 - size.three

export const red = '#E60012'

/** 发文机关标志: as large as fits on one line; a long name takes a line of its own above the product's. */
export function letterheadLines(organ: string, product: string): { text: string; size: number }[] {
  const fits = (text: string, largest: number) => Math.min(largest, Math.floor((page.textWidth / [...text].length) * 0.98))
  const whole = organ + product
  if (fits(whole, 46) >= 32) return [{ text: whole, size: fits(whole, 46) }]
  return [{ text: organ, size: fits(organ, 36) }, { text: product, size: 46 }]
}

/** A title too long for one line breaks before its bracket, where its sense does, if that gives two lines that fit. */
export function titleLines(title: string): string[] {
  const measure = page.textWidth / size.two - 2
  const width = (text: string) => [...text].reduce((sum, c) => sum + (c < '\u0250' ? 0.55 : 1), 0)
  const at = title.lastIndexOf('（')
  const parts = [title.slice(0, at), title.slice(at)]
  return width(title) > measure && at > 0 && parts.every((part) => width(part) <= measure) ? parts : [title]
}

/** 单页码居右空一字，双页码居左空一字. */
export function pageNumber(n: number): { text: string; side: 'left' | 'right' } {
  return { text: `— ${n} —`, side: n % 2 === 1 ? 'right' : 'left' }
}

/** 主送 and 抄送 end as the standard has them. */
export const sentTo = (names: string[]) => `${names.join('、')}：`
export const copiedTo = (names: string[]) => `抄送：${names.join('、')}。`

/** 附件说明: one name stands alone, several are numbered; each line says where it starts. */
export function attachmentLines(names: string[]): string[] {
  if (names.length === 1) return [`附件：${names[0]}`]
  return names.map((name, i) => `${i === 0 ? '附件：' : '　　　'}${i + 1}. ${name}`)
}
