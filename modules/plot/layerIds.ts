import { isAddress, type Address } from '#core/kernel/index.ts'

/**
 * A layer's id says whose it is: `<plotId>~<owner, dots for slashes>` is the layer every station has from the start,
 * `…~<name>` a further one. So authority is read from the name, and nobody can claim another's.
 */
export interface LayerId {
  plotId: string
  owner: Address
  /** '' for the layer a station has from the start. */
  further: string
}

/** What a plot's or an incident's id looks like, mode ending included. */
export const plotIdPattern = /^[A-Za-z0-9]{1,64}(\.x|\.t)?$/
/** Of the whole id; `parseLayerId` looks closer. */
export const layerIdPattern = /^[A-Za-z0-9]{1,64}(\.x|\.t)?~[a-z0-9@.-]{1,240}(~[a-z0-9]{6,10})?$/
const furtherPattern = /^[a-z0-9]{6,10}$/

export function layerIdOf(plotId: string, owner: Address, further = ''): string {
  return `${plotId}~${owner.replaceAll('/', '.')}${further === '' ? '' : `~${further}`}`
}

export function parseLayerId(id: string): LayerId | null {
  const [plotId = '', dots = '', further, ...rest] = id.split('~')
  const owner = dots.replaceAll('.', '/')
  const wellFormed = rest.length === 0 && plotIdPattern.test(plotId) && !dots.includes('/') && isAddress(owner) && (further === undefined || furtherPattern.test(further))
  return wellFormed ? { plotId, owner, further: further ?? '' } : null
}

/** The end of a further layer's id, from numbers in [0, 1). */
export function furtherName(random: () => number): string {
  return Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join('')
}

/** The live document of a layer, and the room of a plot. */
export const layerDoc = (layerId: string): string => `layer/${layerId}`
export const plotRoom = (plotId: string): string => `plot/${plotId}`
