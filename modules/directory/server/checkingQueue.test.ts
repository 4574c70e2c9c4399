import { expect, test } from 'vitest'
import { checkingQueue } from './checkingQueue.ts'

test('M8: when as many addresses wait as may, a new one is told to come back, and one that waits already is not', async () => {
  const inTurn = checkingQueue()
  let open = () => {}
  const gate = new Promise<void>((done) => { open = done })
  // The first is being checked, the others wait.
  const all = Array.from({ length: 501 }, (_, i) => inTurn(`a${i}`, () => gate))
  const again = inTurn('a1', () => gate.then(() => 'let in'))
  await expect(inTurn('new', () => gate)).rejects.toMatchObject({ status: 429, code: 'session.busy' })
  open()
  await Promise.all(all)
  expect(await again).toBe('let in')
})

test('M8: a check that throws at once does not stop the line', async () => {
  const inTurn = checkingQueue()
  await expect(inTurn('a', () => { throw new Error('no') })).rejects.toThrow('no')
  expect(await inTurn('b', async () => 'let in')).toBe('let in')
})
