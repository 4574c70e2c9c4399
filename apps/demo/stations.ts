import type { StationKind } from '#core/kernel/index.ts'

/** One station of the demo. Its port is the base port plus its place in the list plus one. */
export interface DemoStation {
  /** Its folder under the data directory, and its name on the wall. */
  key: string
  address: string
  name: string
  kind: StationKind
  /** The key of the station that enrols it; null at the root. */
  parent: string | null
}

/** In the order of their ports: region, prefecture, county, scene, department. */
export const demoStations: DemoStation[] = [
  { key: 'region', address: '65', name: '新疆维吾尔自治区', kind: 'government', parent: null },
  { key: 'prefecture', address: '65/6529', name: '阿克苏地区', kind: 'government', parent: 'region' },
  { key: 'county', address: '65/6529/652927', name: '乌什县', kind: 'government', parent: 'prefecture' },
  { key: 'scene', address: '65/6529/652927/s1', name: '乌什县现场指挥部', kind: 'government', parent: 'county' },
  { key: 'seismology', address: '65/@seismology', name: '自治区地震局', kind: 'department', parent: 'region' },
]

export function portOf(station: DemoStation, basePort: number): number {
  return basePort + 1 + demoStations.indexOf(station)
}

/** Parents before their children: the order in which a first run can enrol them. */
export function enrolmentOrder(stations: DemoStation[]): DemoStation[] {
  const ordered: DemoStation[] = []
  const visit = (parent: string | null) => {
    for (const station of stations.filter((s) => s.parent === parent)) {
      ordered.push(station)
      visit(station.key)
    }
  }
  visit(null)
  return ordered
}
