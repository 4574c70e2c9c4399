import { expect, test } from 'vitest'
import { editAll, partsOf } from './editing.ts'

const change = (key: string, length: number) => ({ key, value: { label: 'x'.repeat(length) } })

test('many strokes go in several edits, in their order, none too long', async () => {
  const changes = [...Array.from({ length: 450 }, (_, i) => change(`a${i}`, 10)), change('long', 200_000), change('b', 50_000), change('c', 50_000)]
  const parts = partsOf(changes)
  expect(parts.flat()).toEqual(changes)
  expect(parts.map((part) => part.length)).toEqual([200, 200, 50, 1, 1, 1])
  const edits: number[] = []
  await editAll({ edit: async (_doc, _person, part) => { edits.push(part.length) } }, 'layer/x', { id: 'p', account: 'p', name: 'p', roles: [] }, changes)
  expect(edits).toEqual([200, 200, 50, 1, 1, 1])
  expect(partsOf([])).toEqual([])
})
