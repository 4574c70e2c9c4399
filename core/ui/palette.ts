/** The colours of the control room. Pairs that carry text are held to WCAG AA by `palette.test.ts`. */
export interface Palette {
  ground: string
  panel: string
  raised: string
  line: string
  ink: string
  inkSoft: string
  /** Links, focus, the chosen entry. */
  accent: string
  /** Filled buttons, with white text. */
  fill: string
  good: string
  notice: string
  warn: string
  alarm: string
  /** Grounds behind the four signal colours. */
  goodGround: string
  noticeGround: string
  warnGround: string
  alarmGround: string
}

export const palettes = {
  dark: {
    ground: '#0a1018', panel: '#111a26', raised: '#192536', line: '#2a3a50', ink: '#e8eef6', inkSoft: '#a3b4c9',
    accent: '#74b4ff', fill: '#1f62c4', good: '#58d68d', notice: '#ffd75e', warn: '#ffa14d', alarm: '#ff8078',
    goodGround: '#10301f', noticeGround: '#362d0c', warnGround: '#3a230c', alarmGround: '#421818',
  },
  light: {
    ground: '#eef2f7', panel: '#ffffff', raised: '#f4f7fb', line: '#cfd9e6', ink: '#16202e', inkSoft: '#4d5f76',
    accent: '#1457b0', fill: '#1a5fc0', good: '#12703c', notice: '#785400', warn: '#964300', alarm: '#b3191f',
    goodGround: '#e2f5e9', noticeGround: '#fff5d1', warnGround: '#ffeddc', alarmGround: '#fde8e7',
  },
} as const satisfies Record<string, Palette>

export type Look = keyof typeof palettes
