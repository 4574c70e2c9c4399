import { describe, expect, it } from 'vitest'
import { divisionName, divisionOf } from './divisions.ts'

describe('divisions', () => {
  it('names a county, and the county of a township or village code', () => {
    expect(divisionName('652927')).toBe('阿克苏地区乌什县')
    expect(divisionOf('652927204')?.name).toBe('乌什县')
    expect(divisionName('650000')).toBe('新疆维吾尔自治区')
  })

  it('falls back to the code itself', () => {
    expect(divisionName('999999')).toBe('999999')
  })
})
