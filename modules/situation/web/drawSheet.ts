import type { LegendSign } from '#core/ui/web/map/layerBoard.ts'
import { metresPerPixel } from '#core/geo/tiles.ts'
import { scaleBar } from '#core/ui/web/map/scale.ts'
import { fillPath } from './fillPath.ts'
import { mmPerPixel, type Sheet } from './printSheet.ts'

export interface SheetWords {
  title: string
  /** 【演练】 and the like; '' for the real thing. */
  mode: string
  legendTitle: string
  scale: string
  /** Who made it, and when. */
  maker: string
  date: string
  note: string
  sources: string
}

export interface SheetMap {
  picture: HTMLCanvasElement
  lat: number
  zoom: number
  bearing: number
}

const font = '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'
const ink = '#16202e'
const soft = '#4d5f76'
const red = '#c0141c'

/** The whole sheet as one picture, letters included: a PDF's own fonts have no Chinese. Lengths are millimetres. */
export async function drawSheet(sheet: Sheet, map: SheetMap, words: SheetWords, legend: readonly LegendSign[]): Promise<HTMLCanvasElement> {
  const canvas = document.createElement('canvas')
  canvas.width = sheet.pixels.width
  canvas.height = sheet.pixels.height
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('this browser gives no canvas')
  const pictures = await Promise.all(legend.map(({ picture }) => loaded(picture)))
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.scale(sheet.perMm, sheet.perMm)
  const { frame } = sheet
  pen.drawImage(map.picture, frame.x, frame.y, frame.width, frame.height)
  pen.strokeStyle = ink
  pen.lineWidth = 0.4
  pen.strokeRect(frame.x, frame.y, frame.width, frame.height)
  heading(pen, sheet, words)
  if (legend.length > 0) legendBox(pen, sheet, words.legendTitle, legend, pictures)
  northArrow(pen, frame.x + frame.width - 10, frame.y + 12, map.bearing)
  footer(pen, sheet, map, words)
  return canvas
}

function heading(pen: CanvasRenderingContext2D, { width, frame }: Sheet, { title, mode }: SheetWords): void {
  if (mode !== '') {
    pen.font = `bold 5px ${font}`
    const wide = pen.measureText(mode).width + 6
    pen.fillStyle = red
    pen.fillRect(frame.x, frame.y - 12, wide, 9)
    write(pen, mode, frame.x + wide / 2, frame.y - 7.5, { size: 5, bold: true, color: '#ffffff', align: 'center' })
  }
  const room = width - 2 * (frame.x + (mode === '' ? 0 : 46))
  let size = 9
  for (; size > 4; size -= 0.5) {
    pen.font = `bold ${size}px ${font}`
    if (pen.measureText(title).width <= room) break
  }
  write(pen, title, width / 2, frame.y - 7.5, { size, bold: true, align: 'center' })
}

function legendBox(pen: CanvasRenderingContext2D, { frame }: Sheet, title: string, legend: readonly LegendSign[], pictures: readonly (HTMLImageElement | null)[]): void {
  const line = 6
  const most = Math.floor((frame.height - 24) / line)
  const columns = Math.ceil(legend.length / most)
  const rows = Math.ceil(legend.length / columns)
  pen.font = `3.4px ${font}`
  const wide = Math.max(...legend.map(({ label }) => pen.measureText(label).width)) + 13
  const box = { width: Math.max(24, wide * columns + 3), height: rows * line + 11 }
  const at = { x: frame.x + 3, y: frame.y + frame.height - box.height - 3 }
  pen.fillStyle = 'rgba(255,255,255,.94)'
  pen.fillRect(at.x, at.y, box.width, box.height)
  pen.strokeStyle = ink
  pen.lineWidth = 0.25
  pen.strokeRect(at.x, at.y, box.width, box.height)
  write(pen, title, at.x + box.width / 2, at.y + 4.5, { size: 4, bold: true, align: 'center' })
  for (const [i, sign] of legend.entries()) {
    const [x, y] = [at.x + 3 + Math.floor(i / rows) * wide, at.y + 11 + (i % rows) * line]
    drawSign(pen, sign, pictures[i] ?? null, x, y)
    write(pen, sign.label, x + 8, y, { size: 3.4 })
  }
}

function drawSign(pen: CanvasRenderingContext2D, sign: LegendSign, picture: HTMLImageElement | null, x: number, y: number): void {
  if (picture) {
    pen.drawImage(picture, x, y - 2.9, 5.8, 5.8)
    return
  }
  pen.setLineDash(sign.dashed ? [1, 0.8] : [])
  pen.beginPath()
  if (sign.kind === 'point') pen.arc(x + 2.9, y, 1.9, 0, 2 * Math.PI)
  else if (sign.kind === 'area') pen.rect(x + 0.4, y - 1.9, 5, 3.8)
  else {
    pen.moveTo(x, y + 1)
    pen.lineTo(x + 2, y - 1)
    pen.lineTo(x + 3.6, y + 0.6)
    pen.lineTo(x + 5.6, y - 1.2)
  }
  pen.fillStyle = pen.strokeStyle = sign.color
  pen.lineWidth = sign.kind === 'line' ? 0.7 : 0.25
  if (sign.kind === 'line') pen.stroke()
  else {
    pen.fill()
    pen.strokeStyle = soft
    pen.stroke()
  }
  pen.setLineDash([])
}

function northArrow(pen: CanvasRenderingContext2D, x: number, y: number, bearing: number): void {
  pen.save()
  pen.translate(x, y)
  pen.beginPath()
  pen.arc(0, 0, 7, 0, 2 * Math.PI)
  pen.fillStyle = 'rgba(255,255,255,.9)'
  pen.fill()
  pen.rotate((-bearing * Math.PI) / 180)
  pen.fillStyle = red
  fillPath(pen, 'M0-4 2 1.500H-2z')
  pen.fillStyle = soft
  fillPath(pen, 'M0 6 2 1.500H-2z')
  write(pen, 'N', 0, -5.2, { size: 2.8, bold: true, align: 'center' })
  pen.restore()
}

function footer(pen: CanvasRenderingContext2D, { frame, height }: Sheet, { lat, zoom }: SheetMap, words: SheetWords): void {
  const top = frame.y + frame.height
  const bar = scaleBar(metresPerPixel(lat, zoom) / mmPerPixel, 50)
  pen.strokeStyle = ink
  pen.lineWidth = 0.5
  pen.beginPath()
  pen.moveTo(frame.x, top + 3)
  pen.lineTo(frame.x, top + 6)
  pen.lineTo(frame.x + bar.pixels, top + 6)
  pen.lineTo(frame.x + bar.pixels, top + 3)
  pen.stroke()
  write(pen, bar.text, frame.x + bar.pixels / 2, top + 3.6, { size: 3, align: 'center' })
  write(pen, words.scale, frame.x + bar.pixels + 5, top + 4.6, { size: 3.8, bold: true })
  write(pen, words.maker, frame.x + frame.width, top + 4.2, { size: 3.8, bold: true, align: 'right' })
  write(pen, words.date, frame.x + frame.width, top + 9.4, { size: 3.2, align: 'right' })
  write(pen, `${words.note}${words.sources === '' ? '' : ` · ${words.sources}`}`, frame.x, Math.min(top + 10.4, height - 6), { size: 2.8, color: soft, most: frame.width - 70 })
}

function write(pen: CanvasRenderingContext2D, text: string, x: number, y: number, { size, bold = false, color = ink, align = 'left', most }: { size: number; bold?: boolean; color?: string; align?: CanvasTextAlign; most?: number }): void {
  pen.font = `${bold ? 'bold ' : ''}${size}px ${font}`
  pen.fillStyle = color
  pen.textAlign = align
  pen.textBaseline = 'middle'
  pen.fillText(text, x, y, most)
}

async function loaded(address: string | undefined): Promise<HTMLImageElement | null> {
  if (address === undefined) return null
  const image = new Image()
  image.src = address
  try {
    await image.decode()
    return image
  } catch {
    return null
  }
}
