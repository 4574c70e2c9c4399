/** How long to wait before the next try to reach the station: doubles from half a second to fifteen, spread so that many screens do not knock at once. */
export function pauseBefore(failures: number, random: number): number {
  const base = Math.min(15_000, 500 * 2 ** Math.min(failures, 10))
  return Math.round(base * (0.75 + random * 0.5))
}
