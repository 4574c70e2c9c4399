import type { Position } from './geojson.ts'

/** 78.63°E, 41.26°N in Chinese order of use: 北纬41°15′36″ 东经78°37′48″. */
export function dmsText([lon, lat]: Position, language: 'zh' | 'en' = 'zh'): string {
  if (language === 'zh') return `${lat < 0 ? '南纬' : '北纬'}${dms(lat)} ${lon < 0 ? '西经' : '东经'}${dms(lon)}`
  return `${dms(lat)}${lat < 0 ? 'S' : 'N'} ${dms(lon)}${lon < 0 ? 'W' : 'E'}`
}

/** 41.26000°N 78.63000°E: five decimals are a metre. */
export function degreesText([lon, lat]: Position, decimals = 5): string {
  return `${Math.abs(lat).toFixed(decimals)}°${lat < 0 ? 'S' : 'N'} ${Math.abs(lon).toFixed(decimals)}°${lon < 0 ? 'W' : 'E'}`
}

/** 41°15′36.0″: a tenth of a second is three metres. */
function dms(value: number): string {
  // Counted in tenths of a second, so that 59.96″ becomes the next minute and not 60.0″.
  const tenths = Math.round(Math.abs(value) * 36_000)
  const [degrees, minutes, seconds] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10]
  return `${degrees}°${String(minutes).padStart(2, '0')}′${seconds.toFixed(1).padStart(4, '0')}″`
}

interface Angle { value: number; axis: 'lon' | 'lat' | null }

const northSouth: Record<string, number> = { n: 1, s: -1, 北: 1, 南: -1 }
const eastWest: Record<string, number> = { e: 1, w: -1, 东: 1, 西: -1 }
const angle = String.raw`[+\-−]?\d{1,3}(?:\.\d+)?(?:\s*[°度º]\s*(?:\d{1,2}(?:\.\d+)?\s*[′'’分]\s*(?:\d{1,2}(?:\.\d+)?\s*(?:[″"”秒]|''|′′))?)?)?`
const named = String.raw`(?:(北纬|南纬|东经|西经|纬度|经度|[NSEWnsew北南东西])\s*[:：]?\s*)?(${angle})(?:\s*([NSEWnsew]))?`
const pair = new RegExp(String.raw`^\s*[(（[]?\s*${named}\s*[,，、;；/\s]\s*${named}\s*[)）\]]?\s*$`)
/** 北纬41.26度东经78.63度, with nothing between. */
const joined = new RegExp(String.raw`^\s*${named}\s*(?=[^\d.\s])${named}\s*$`)

/**
 * Reads a coordinate as people write it: `41.26, 78.63`, `78.63 41.26`, `41°15′36″N 78°37′48″E`, `北纬41.26度，东经78.63度`.
 * Hemispheres or names settle which is which; without them a number beyond 90 is the longitude, and where neither is,
 * the order is latitude first unless only the other order falls inside `home`. Null when it is no coordinate.
 */
export function parseCoordinate(text: string, home: readonly [west: number, south: number, east: number, north: number] = [73, 18, 136, 54]): Position | null {
  if (text.length > 120) return null
  const found = pair.exec(text) ?? joined.exec(text)
  if (!found) return null
  const first = readAngle(found[1], found[2]!, found[3])
  const second = readAngle(found[4], found[5]!, found[6])
  if (!first || !second) return null
  const position = inOrder(first, second, home)
  return position && Math.abs(position[0]) <= 180 && Math.abs(position[1]) <= 90 ? position : null
}

function inOrder(first: Angle, second: Angle, home: readonly [number, number, number, number]): Position | null {
  if (first.axis !== null && first.axis === second.axis) return null
  if (first.axis === 'lat' || second.axis === 'lon') return [second.value, first.value]
  if (first.axis === 'lon' || second.axis === 'lat') return [first.value, second.value]
  if (Math.abs(first.value) > 90) return [first.value, second.value]
  if (Math.abs(second.value) > 90) return [second.value, first.value]
  const inHome = (lon: number, lat: number) => lon >= home[0] && lon <= home[2] && lat >= home[1] && lat <= home[3]
  return !inHome(second.value, first.value) && inHome(first.value, second.value) ? [first.value, second.value] : [second.value, first.value]
}

function readAngle(before: string | undefined, body: string, after: string | undefined): Angle | null {
  const parts = body.replace('−', '-').match(/\d+(?:\.\d+)?/g)?.map(Number) ?? []
  const [degrees = NaN, minutes = 0, seconds = 0] = parts
  if (Number.isNaN(degrees) || minutes >= 60 || seconds >= 60) return null
  const size = degrees + minutes / 60 + seconds / 3600
  const signed = /^[-−]/.test(body) ? -size : size
  const marks = [before?.replace(/[经纬]/, '').toLowerCase(), after?.toLowerCase()].filter((mark) => mark !== undefined && mark !== '' && mark !== '度') as string[]
  const axisNamed = before === '纬度' ? 'lat' : before === '经度' ? 'lon' : null
  if (marks.length === 0) return { value: signed, axis: axisNamed }
  const mark = marks[0]!
  if (marks.length > 1 && marks[1] !== mark) return null
  if (signed < 0) return null
  if (mark in northSouth) return { value: signed * northSouth[mark]!, axis: 'lat' }
  return mark in eastWest ? { value: signed * eastWest[mark]!, axis: 'lon' } : null
}
