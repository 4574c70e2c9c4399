import type { Shape } from '../stroke.ts'

/** In a box of 24. */
const paths: Readonly<Record<Shape, string>> = {
  symbol: 'M12 12m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0', line: 'M3 19L9 7L15 15L21 5', polygon: 'M5 19L3 8L12 3L21 9L18 20Z', circle: 'M12 12m-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0',
  sector: 'M5 20L5 5A15 15 0 0 1 19 14Z', freehand: 'M3 17C6 5 9 5 11 12S17 19 21 6', text: 'M5 6V4H19V6M12 4V20M9 20H15', note: 'M3 21L11 13M10 4H21V13H10Z', rectangle: 'M3 6H21V18H3Z',
  curve: 'M3 18C8 2 14 24 21 6', 'double-line': 'M3 15L12 8L21 13M3 20L12 13L21 18', 'straight-arrow': 'M3 15L3 9L14 9L14 5L21 12L14 19L14 15Z', 'fine-arrow': 'M3 19L20 5M13 5H20V12',
  'attack-arrow': 'M3 20C7 14 10 11 15 8L13 5L21 4L19 12L17 10C12 13 9 16 8 21', 'pincer-arrow': 'M12 21C4 18 4 10 7 6L4 7L9 2L10 9L9 7C8 12 9 15 12 16C15 15 16 12 15 7L14 9L15 2L20 7L17 6C20 10 20 18 12 21Z',
  'assembly-area': 'M3 16C2 9 7 9 9 6C12 3 16 8 19 8C23 9 22 18 17 19C12 20 5 21 3 16Z', 'closed-curve': 'M12 4C20 3 22 11 18 16C14 21 5 21 3 15C1 9 6 5 12 4Z',
}

export function ShapeIcon({ shape }: { shape: Shape }) {
  return <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><path d={paths[shape]} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinejoin="round" strokeLinecap="round" /></svg>
}
