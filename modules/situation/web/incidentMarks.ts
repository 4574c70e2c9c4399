import { fillPath } from './fillPath.ts'
import type { Grade } from '#modules/norms/index.ts'

export const incidentClasses = ['11', '12', '13', '14'] as const
export type IncidentClass = (typeof incidentClasses)[number] | 'other'

/** Red, orange, yellow, blue (突发事件应对法); the same on dark, on light and on paper. */
export const levelColours: Record<Grade, string> = { I: '#dc2f2f', II: '#f08511', III: '#f4c400', IV: '#2e7fe8' }
export const levelInks: Record<Grade, string> = { I: '#ffffff', II: '#241200', III: '#241d00', IV: '#ffffff' }

/** In a box of 24: a mountain, a flame, a cross, a shield, a dot. */
const glyphs: Record<IncidentClass, string> = {
  11: 'M1.5 20 9 6l4 7 2.5-4L22.5 20z',
  12: 'M12.5 2c.6 5 5.9 7 5.9 12.6A6.4 6.4 0 0 1 12 21a6.4 6.4 0 0 1-6.4-6.4C5.6 11 8 9.600 8.900 6.800c1.300 1.200 2 2.200 2.300 3.600C12.800 8 12.700 5 12.500 2z',
  13: 'M9 3h6v6h6v6h-6v6H9v-6H3V9h6z',
  14: 'M12 2l8 3v6c0 5.500-3.400 9.500-8 11-4.600-1.500-8-5.500-8-11V5z',
  other: 'M12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10z',
}

export function classOf(code: string): IncidentClass {
  return incidentClasses.find((c) => code.startsWith(c)) ?? 'other'
}

export type IncidentMode = 'actual' | 'exercise' | 'test'

/** Names the picture of an incident on the map; MapLibre asks for it by this name when it is first needed. */
export function markName(of: { code: string; level: string; mode: string }): string {
  return `incident ${classOf(of.code)} ${of.level} ${of.mode}`
}

/** The map layer behind the selected one. */
export const incidentHalo = 'incident-halo'
export const markRatio = 2
const side = 40

/** The picture of a name; undefined when it is none of ours. What is no real disaster is cut at the corner by a band that says so. */
export function drawMark(name: string): HTMLCanvasElement | undefined {
  const match = /^incident (11|12|13|14|other) (I|II|III|IV) (actual|exercise|test)$/.exec(name)
  if (!match) return undefined
  const [, kind, level, mode] = match as unknown as [string, IncidentClass, Grade, IncidentMode]
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = side * markRatio
  const pen = canvas.getContext('2d')
  if (!pen) return undefined
  pen.scale(markRatio, markRatio)
  pen.shadowColor = 'rgba(0,0,0,.45)'
  pen.shadowBlur = 3 * markRatio
  pen.shadowOffsetY = markRatio
  pen.beginPath()
  pen.roundRect(6, 6, 28, 28, 7)
  pen.fillStyle = '#ffffff'
  pen.fill()
  pen.shadowColor = 'transparent'
  pen.beginPath()
  pen.roundRect(8, 8, 24, 24, 5.5)
  pen.fillStyle = levelColours[level]
  pen.fill()
  pen.save()
  pen.translate(11, 11)
  pen.scale(18 / 24, 18 / 24)
  pen.fillStyle = levelInks[level]
  fillPath(pen, glyphs[kind])
  pen.restore()
  if (mode !== 'actual') {
    pen.beginPath()
    pen.arc(32, 9, 8, 0, 2 * Math.PI)
    pen.fillStyle = '#1b1400'
    pen.fill()
    pen.beginPath()
    pen.arc(32, 9, 7, 0, 2 * Math.PI)
    pen.fillStyle = '#ffe14d'
    pen.fill()
    pen.fillStyle = '#1b1400'
    pen.font = 'bold 10px "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(mode === 'exercise' ? '演' : '测', 32, 9.5)
  }
  return canvas
}

/** The same as an address for legends and lists. */
const addresses = new Map<string, string>()
export function markAddress(name: string): string {
  const known = addresses.get(name)
  if (known !== undefined) return known
  const made = drawMark(name)?.toDataURL() ?? ''
  addresses.set(name, made)
  return made
}
