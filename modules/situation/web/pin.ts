/** A place one has found or marked: `pin=78.63,41.26,乌什县` in the address. */
export interface Pin {
  lon: number
  lat: number
  name: string
}

export function pinText({ lon, lat, name }: Pin): string {
  return [Number(lon.toFixed(6)), Number(lat.toFixed(6)), ...(name === '' ? [] : [name.replaceAll(',', ' ')])].join(',')
}

export function readPin(text: string | undefined): Pin | null {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:,([^,]{1,80}))?$/.exec(text ?? '')
  if (!match) return null
  const pin = { lon: Number(match[1]), lat: Number(match[2]), name: match[3] ?? '' }
  return Math.abs(pin.lon) <= 180 && Math.abs(pin.lat) <= 90 ? pin : null
}

/** The division that a station stands for, as GB/T 2260 writes it: `65/6529/652927/s1` → `652927`, `65/6529` → `652900`. */
export function homeCode(address: string): string {
  const digits = address.split('/').findLast((part) => /^\d{2,6}$/.test(part)) ?? ''
  return digits.padEnd(6, '0')
}
