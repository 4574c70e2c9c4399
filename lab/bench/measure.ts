/** Median and extremes of repeated measurements: one machine's numbers scatter, and the reader should see by how much. */
export interface Spread { median: number; min: number; max: number }

/** Ours against a named baseline, measured in turns in the same run; `ratio` is the spread of the rounds' own ratios. */
export interface Compared { ours: Spread; bare: Spread; ratio: Spread }

/** A figure that stands for itself, such as a count of losses. */
export interface Alone { ours: Spread; bare?: undefined; ratio?: undefined }

export function alone(values: number[]): Alone {
  return { ours: spread(values) }
}

/** The same places of two rounds' measurements against each other. */
export function against(ours: number[], bare: number[]): Compared {
  return { ours: spread(ours), bare: spread(bare), ratio: spread(ours.map((value, i) => value / (bare[i] ?? Number.NaN))) }
}

export function spread(values: number[]): Spread {
  return { median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) }
}

export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

/** Runs both in turns, the order changing every round, after one round of each that does not count. */
export async function compare(rounds: number, ours: () => Promise<number>, baseline: () => Promise<number>): Promise<Compared> {
  const a: number[] = []
  const b: number[] = []
  await ours()
  await baseline()
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) { a.push(await ours()); b.push(await baseline()) }
    else { b.push(await baseline()); a.push(await ours()) }
  }
  return { ours: spread(a), bare: spread(b), ratio: spread(a.map((value, i) => value / (b[i] ?? Number.NaN))) }
}

/** How many per second, from a count and the work that does them. */
export async function rate(count: number, work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return (count / (performance.now() - started)) * 1000
}
