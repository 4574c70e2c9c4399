import fc from 'fast-check'

const { FC_RUNS = '10000', FC_SECONDS = '120', FC_SEED, FC_PATH } = process.env

/**
 * Stands in for fast-check in a deep run: each property has FC_RUNS cases whatever its own number, and ends
 * earlier when it has taken FC_SECONDS. What ran is told in one line, so that nobody takes a heavy property for proven.
 */
export const assert: typeof fc.assert = ((property: fc.IAsyncProperty<unknown>, own: fc.Parameters<unknown> = {}) => fc.assert(property, {
  ...own,
  numRuns: Number(FC_RUNS),
  seed: FC_SEED ? Number(FC_SEED) : undefined,
  path: FC_PATH,
  interruptAfterTimeLimit: Number(FC_SECONDS) * 1000,
  reporter: (run) => {
    console.log(`${run.numRuns} cases, seed ${run.seed}${run.interrupted ? ', out of time' : ''}`)
    if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance })
  },
} as fc.Parameters<unknown>)) as typeof fc.assert

export * from 'fast-check'
export default { ...fc, assert }
