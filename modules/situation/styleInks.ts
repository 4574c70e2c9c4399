/** One layer of a MapLibre style; the browser's own types are not for code that runs anywhere. */
export type StyleLayer = Record<string, unknown> & { id: string; type: string }
export type Look = 'dark' | 'light'

export interface Inks {
  sea: string
  land: string
  /** Our own region, a shade apart from what lies around it. */
  own: string
  water: string
  coast: string
  river: string
  nationalLine: string
  regionLine: string
  prefectureLine: string
  countyLine: string
  /** Beside the outer borders. */
  band: string
  road: string
  ink: string
  soft: string
  /** Names written over areas. */
  area: string
  physical: string
  seat: string
  halo: string
}

/** The colours of the two grounds: calm and without the signal colours, which belong to what happens on them. */
export const inks: Record<Look, Inks> = {
  dark: {
    sea: '#08111c', land: '#111b28', own: '#182636', water: '#0d2a44', coast: '#1e3a55', river: '#23507a',
    nationalLine: '#b9a6d8', regionLine: '#9d8fc0', prefectureLine: '#8399b8', countyLine: '#566c8a', band: '#3a3358', road: '#33465e',
    ink: '#dbe6f3', soft: '#9db0c7', area: '#7f97b5', physical: '#6d8170', seat: '#dbe6f3', halo: '#0c1520',
  },
  light: {
    sea: '#cfe0ee', land: '#eef0ee', own: '#fbfaf4', water: '#b9d7ee', coast: '#92b8d6', river: '#7fb0d8',
    nationalLine: '#7a4a94', regionLine: '#8d6aa6', prefectureLine: '#76839a', countyLine: '#9aa5b4', band: '#e0cfe8', road: '#c9c2b4',
    ink: '#1c2836', soft: '#4c5c70', area: '#5c6f8a', physical: '#5f7a5c', seat: '#1c2836', halo: '#fbfbf8',
  },
}
