import { describe, expect, test } from 'vitest'
import { attachmentSchema, divisionCode, isoTime, isTime, line, passage, plainText, queryMoment, recordId, statement, stationAddress } from './index.ts'

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) => schema.safeParse(value).success

describe('C6: the pieces that facts and requests are made of', () => {
  test.each([['override', '乌什\u202E县'], ['isolate', '\u2066a'], ['null', 'a\0b'], ['escape', '\u001b[31m'], ['half a character', '\ud800'], ['no character', 'a\uFFFE']])('texts hold no %s, and pasting leaves it out', (_, text) => {
    expect([takes(line(99), text), takes(passage(99), text)]).toEqual([false, false])
    expect(takes(passage(99), plainText(text))).toBe(true)
  })

  test('what people write is taken as it is: lines, tabs, Uyghur with its direction marks, emoji', () => {
    for (const text of ['第一行\n\t第二行\r\n', 'ئۈرۈمچى\u200F (65)', '🚒 e\u0301 👩‍🚒']) expect([takes(passage(99), text), plainText(text)]).toEqual([true, text])
    expect([takes(line(99), '两\n行'), takes(line(9), ' '), takes(statement(9), '\n'), takes(passage(9), '')]).toEqual([false, false, false, true])
  })

  test('ids, addresses, divisions and times have one form each', () => {
    expect([takes(recordId, '01HX.x'), takes(recordId, '../x'), takes(stationAddress, '65/6529/@x'), takes(stationAddress, 'a b')]).toEqual([true, false, true, false])
    expect(['652927', '652927204', '65', '6529271'].map((code) => takes(divisionCode, code))).toEqual([true, true, false, false])
    expect(['0', '253402300799999', '253402300800000', '-1', 'x'].map((text) => takes(queryMoment, text))).toEqual([true, true, false, false, false])
    expect(takes(attachmentSchema, { sha256: 'a'.repeat(64), name: 'x', size: Number.MAX_SAFE_INTEGER, mediaType: 'a/b' })).toBe(false)
  })

  test('a time that no date holds has no text', () => {
    expect([isTime(8.64e15), isTime(8.64e15 + 1), isTime(Number.NaN), isoTime(Number.MAX_SAFE_INTEGER), isoTime(0)]).toEqual([true, false, false, null, '1970-01-01T00:00:00.000Z'])
  })
})
