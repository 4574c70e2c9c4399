import type { Alone, Compared, Spread } from './measure.ts'

/** One line of the table: something of ours against its baseline, or alone. */
export interface Row {
  name: string
  unit: string
  baseline?: string
  aim?: { atLeast?: number; atMost?: number; oursAtMost?: number }
  compared: Compared | Alone
}

const widths = [44, 26, 34, 26, 20, 8]

export function printHeader(): void {
  printLine(['', 'ours: median (min–max)', 'baseline', '', 'ratio', 'aim'])
}

export function printRow({ name, unit, baseline = '', aim, compared: { ours, bare, ratio } }: Row): void {
  printLine([name, `${words(ours)} ${unit}`, baseline, bare ? `${words(bare)} ${unit}` : '', ratio ? words(ratio) : '', aim ? verdict(aim, ours, ratio ?? ours) : ''])
}

function verdict({ atLeast, atMost, oursAtMost }: NonNullable<Row['aim']>, ours: Spread, ratio: Spread): string {
  if (atLeast !== undefined) return `${mark(ratio.median >= atLeast)} ≥ ${atLeast}`
  if (atMost !== undefined) return `${mark(ratio.median <= atMost)} ≤ ${atMost}`
  return `${mark(ours.median <= (oursAtMost ?? Infinity))} ≤ ${oursAtMost}`
}

function mark(met: boolean): string {
  return met ? '✓' : '✗'
}

function words({ median, min, max }: Spread): string {
  return `${short(median)} (${short(min)}–${short(max)})`
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function printLine(cells: string[]): void {
  console.log(cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' ').trimEnd())
}
