import { afterAll, beforeAll, expect, test } from 'vitest'
import { federation, type Federation } from '../federation/federation.ts'
import { fuzzRoutes } from './routes.ts'

const requests = Number(process.env.FUZZ_REQUESTS ?? 10_500)
const seed = Number(process.env.FUZZ_SEED ?? 1)

let tree: Federation
beforeAll(async () => { tree = await federation({ addresses: ['65', '65/6529'] }) })
afterAll(() => tree?.close())

test(`${requests} fuzzed requests at every route of a whole station: never a 500, never a hang, every no is a problem`, async () => {
  const { app, station } = tree.at('65/6529')
  const { faults, statuses, operations } = await fuzzRoutes(app, {
    seed, requests, accounts: ['duty', 'leader', 'admin', 'security', 'audit'], known: ['65', '65/6529', '65/6529/652928', 'report', '652928', '11C02'],
    tokenOf: async (account) => (await tree.at('65/6529').as(account)).token,
    // They end what the test needs: its own trust in the station, and people's sessions.
    spare: ['POST /api/station/rotate-key', 'PATCH /api/people/{id}', 'DELETE /api/session'],
  })
  console.log(`fuzz seed ${seed}: ${operations} operations, answers ${JSON.stringify(statuses)}`)
  expect(faults.slice(0, 20)).toEqual([])
  expect(operations).toBeGreaterThan(30)
  expect((await app.inject({ url: '/api/health' })).statusCode).toBe(200)
  expect((await station.ledger.verify()).bad).toEqual([])
}, 600_000)
