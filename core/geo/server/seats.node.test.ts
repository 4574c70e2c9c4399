import { expect, test } from 'vitest'
import { readCountySeats, seatOf } from './seats.ts'

test('every county of Xinjiang has a seat within the region', () => {
  const seats = readCountySeats()
  expect(seats.length).toBeGreaterThanOrEqual(105)
  for (const { name, at: [lon, lat] } of seats) expect(lon > 73 && lon < 97 && lat > 34 && lat < 49.5, name).toBe(true)
  expect(seats.find((seat) => seat.code === '652927')).toMatchObject({ name: '乌什县', prefecture: '652900', prefectureName: '阿克苏地区' })
})

test('a place known only by its division stands at a seat: its own, its county’s, its prefecture’s, its province’s', () => {
  expect(seatOf('652927')).toMatchObject({ level: 'county' })
  expect(seatOf('652927204')).toEqual(seatOf('652927'))
  expect(seatOf('652900')).toEqual({ at: seatOf('652901')!.at, level: 'prefecture' })
  expect(seatOf('6529')).toMatchObject({ level: 'prefecture' })
  expect(seatOf('652999')).toMatchObject({ level: 'prefecture' })
  expect(seatOf('65')).toMatchObject({ level: 'province' })
  expect(seatOf('110105')?.at[0]).toBeCloseTo(116.4, 1)
  expect(seatOf('999999')).toBeNull()
})
