import { expect, test } from 'vitest'
import { depthOf, inTreeOrder, keyFace } from './stationTree.ts'

test('parents come before their children, departments after the governments beside them', () => {
  const order = ['65/@seismology', '65/6529/652927/s1', '65/6530', '65', '65/6529/@flood', '65/6529', '65/6529/652927']
  expect(inTreeOrder(order.map((address) => ({ address }))).map((s) => s.address)).toEqual([
    '65', '65/6529', '65/6529/652927', '65/6529/652927/s1', '65/6529/@flood', '65/6530', '65/@seismology',
  ])
  expect(['65', '65/6529/652927/s1'].map(depthOf)).toEqual([0, 3])
})

test('the key in use is the one without an end; a revoked station has none', () => {
  const old = { publicKey: 'a', fromSeq: 1, untilSeq: 40 }
  const next = { publicKey: 'b', fromSeq: 41, untilSeq: null }
  expect(keyFace([old, next])).toEqual({ current: next, past: 1 })
  expect(keyFace([old])).toEqual({ current: undefined, past: 1 })
})
