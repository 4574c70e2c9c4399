import { expect, test } from 'vitest'
import { play, until } from './play.ts'

test('steps run in order, each with a progress line that tells the time of the story', async () => {
  const done: number[] = []
  let text = ''
  const step = (minute: number) => ({ minute, who: '乌什县', what: `步骤${minute}`, run: async () => { done.push(minute) } })
  await play([step(0), step(61)], { speed: Infinity, start: '2024-01-23 02:09', write: (words) => { text += words } })
  expect(done).toEqual([0, 61])
  expect(text).toMatch(/^\[█{10}·{10}\] {2}1\/2 01-23 02:09 {2}乌什县 {2}步骤0 .*\n\[█{20}\] {2}2\/2 01-23 03:10 {2}乌什县 {2}步骤61 .*\n$/)
})

test('a step that fails ends the play with the step and its words; later steps do not run', async () => {
  const done: string[] = []
  const steps = [
    { minute: 0, who: '地震局', what: '速报', run: async () => { throw new Error('没有应答') } },
    { minute: 1, who: '乌什县', what: '首报', run: async () => { done.push('首报') } },
  ]
  await expect(play(steps, { speed: Infinity, start: '2024-01-23 02:09', write: () => undefined })).rejects.toThrow(/step 1 failed — 地震局, 速报: 没有应答/)
  expect(done).toEqual([])
})

test('waiting ends with what was found, or in words', async () => {
  let asked = 0
  expect(await until('回执', async () => (++asked === 3 ? '收到' : undefined))).toBe('收到')
  await expect(until('自治区的回执', async () => null, 0)).rejects.toThrow('自治区的回执')
})
