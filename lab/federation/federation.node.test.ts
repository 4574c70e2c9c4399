import { afterAll, beforeAll, expect, test } from 'vitest'
import { federation, type Federation } from './federation.ts'
import { until } from './client.ts'

let tree: Federation
beforeAll(async () => { tree = await federation() })
afterAll(() => tree?.close())

test('five stations enrol by tokens and every directory holds all five', async () => {
  for (const address of ['65', '65/6529', '65/6529/652927', '65/6529/652927/s1', '65/@seismology']) {
    await until(`the directory of ${address}`, async () => tree.at(address).station.ledger.directory.stations().length === 5)
  }
  const duty = await tree.at('65').as('duty')
  expect((await duty.get<{ total: number }>('/api/stations')).total).toBe(5)
})
