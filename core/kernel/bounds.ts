import { z } from 'zod'

/**
 * How large a number of ours may grow, far below the last integer that JavaScript, SQLite and PostgreSQL agree on
 * (2^53 − 1): whoever is given the largest one can still count on from it for ever.
 */

/** The last time that anything may name: the end of the year 9999 in UTC, well within what a `Date` holds. */
export const latestMoment = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
/** Epoch milliseconds, 1970 to 9999. The one schema of times, for facts, live values and requests alike. */
export const moment = z.int().min(0).max(latestMoment)
/** The counter beside the milliseconds of a hybrid time. */
export const maxTick = 2 ** 32
/** The number of a fact in its station's chain. */
export const maxSeq = 2 ** 48
/** The epoch of a link's queue. */
export const maxEpoch = 2 ** 48
/** A place in a link's queue, and the bytes of a file. */
export const maxPosition = 2 ** 48
