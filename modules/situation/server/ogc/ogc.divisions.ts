import type { Address } from '#core/kernel/index.ts'
import { divisionsFor, significant, type DivisionItem, type Divisions } from '#core/geo/server/divisions.ts'
import { seatOf } from '#core/geo/server/seats.ts'
import { memorySource } from '../../ogc.memory.ts'
import { geometryQueryable, type FeatureSource, type OgcFeature } from '../../ogc.source.ts'

const levels = ['province', 'prefecture', 'county'] as const

/** 行政区划 of the station's own region, down to its counties, each at the seat of its government where that is known. */
export function divisionsSource(self: Address): FeatureSource {
  let loaded: Promise<OgcFeature[]> | undefined
  return memorySource({
    id: 'divisions',
    title: { zh: '行政区划', en: 'Administrative divisions' },
    description: { zh: '本平台辖区的行政区划（GB/T 2260），位置为政府驻地，仅供示意', en: 'Divisions of this station’s region (GB/T 2260) at the seats of their governments, for orientation only' },
    example: `level = 'county' AND name LIKE '%市'`,
    time: null,
    queryables: {
      geometry: geometryQueryable,
      code: { type: 'text', title: { zh: '代码', en: 'Code' } },
      name: { type: 'text', title: { zh: '名称', en: 'Name' } },
      path: { type: 'text', title: { zh: '全称', en: 'Full name' } },
      level: { type: 'text', title: { zh: '层级', en: 'Level' }, values: levels },
      initials: { type: 'text', title: { zh: '拼音首字母', en: 'Pinyin initials' } },
    },
  }, () => (loaded ??= load(self)))
}

/** Of `65/6529/652927/s1` it is 652927. */
export function ownDivision(self: Address): string | undefined {
  return self.split('/').filter((segment) => /^[0-9]{2,6}$/.test(segment)).at(-1)
}

async function load(self: Address): Promise<OgcFeature[]> {
  const divisions = await divisionsFor(self)
  const top = ownDivision(self)
  const own = top === undefined ? undefined : divisions.find(top)
  if (!own) return []
  return withAllBelow(own, divisions).map(featureOf).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function withAllBelow(division: DivisionItem, divisions: Divisions): DivisionItem[] {
  if (division.level === 'county') return [division]
  const { items } = divisions.search({ q: '', under: significant(division.code), size: 1_000 })
  return [division, ...items.filter(({ level }) => level !== 'township').flatMap((below) => withAllBelow(below, divisions))]
}

function featureOf({ code, name, path, level, initials }: DivisionItem): OgcFeature {
  // The seat of a division above would put it where it is not.
  const seat = seatOf(code)
  const isOwn = seat !== null && seat.level === level
  return { type: 'Feature', id: code, geometry: isOwn ? { type: 'Point', coordinates: seat.at } : null, properties: { code, name, path, level, initials } }
}
