import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom'
import { describe, expect, it } from 'vitest'
import { areaStyle, dashArrays, decorationSvg, lineStyle, noteFill, symbolSvg } from './symbolArt.ts'
import { symbols } from './symbols.ts'

const parse = (svg: string) => new DOMParser({ onError: onErrorStopParsing }).parseFromString(svg, 'image/svg+xml')
const codes = symbols.map((s) => s.code)

describe('symbolSvg', () => {
  it.each(codes)('%s is well-formed, of the asked size, with its label', (code) => {
    const root = parse(symbolSvg(code, { size: 48 })).documentElement!
    expect([root.localName, root.getAttribute('width'), root.getAttribute('height')]).toEqual(['svg', '48', '48'])
    expect(root.getElementsByTagName('text').item(0)?.textContent).toBe(symbols.find((s) => s.code === code)!.label)
    expect(root.getElementsByTagName('path').length).toBeGreaterThan(/^[ABCD]|^X1/.test(code) ? 1 : 0)
    const paths = root.getElementsByTagName('path')
    for (let i = 0; i < paths.length; i++) expect(paths.item(i)!.getAttribute('d')).toMatch(/^[MLHVQTACZmlhvqtaczSs0-9 .-]+$/)
  })

  it('draws no two alike, labels left out', () => {
    expect(new Set(codes.map((code) => symbolSvg(code, { size: 32, label: '' }))).size).toBe(codes.length)
  })

  it('puts a sub-label before a label, four characters at most, and spells out what XML reserves', () => {
    const words = (svg: string) => parse(svg).getElementsByTagName('text').item(0)?.textContent
    expect(words(symbolSvg('A10400', { size: 32, subLabel: '泥石流' }))).toBe('泥石流')
    expect(words(symbolSvg('A10400', { size: 32, label: '滑坡' }))).toBe('滑坡')
    expect(words(symbolSvg('A10400', { size: 32, label: '阿克苏地区乌什县' }))).toBe('阿克苏地')
    expect(words(symbolSvg('A10400', { size: 32, label: '<&">' }))).toBe('<&">')
    expect(words(symbolSvg('A10400', { size: 32, label: 'a\u0001' }))).toBe('a')
    expect(symbolSvg('A10400', { size: 32, label: '' })).not.toContain('<text')
  })

  it('marks what is selected, and shows an unknown code by its name', () => {
    expect(symbolSvg('D10100', { size: 32, selected: true })).not.toBe(symbolSvg('D10100', { size: 32 }))
    expect(symbolSvg('A99900', { size: 32 })).toContain('A99900')
  })

  it('has the standard\'s frame: rounded for events, plain for the rest, in the colour of the category', () => {
    const frame = (code: string) => parse(symbolSvg(code, { size: 64 })).getElementsByTagName('rect').item(1)!
    expect([frame('A10300').getAttribute('rx'), frame('A10300').getAttribute('fill')]).toEqual(['11', '#ff0000'])
    expect([frame('B10100').getAttribute('rx'), frame('B10100').getAttribute('fill')]).toEqual(['0', '#ffff00'])
    expect(frame('C10100').getAttribute('fill')).toBe('#0000ff')
    expect(frame('D10100').getAttribute('fill')).toBe('#00ff00')
  })
})

describe('lines and areas', () => {
  it('have a style each, red and at least 2 px wide', () => {
    for (const { code, geometry, extension } of symbols) {
      expect(lineStyle(code) !== undefined, code).toBe(geometry === 'line')
      expect(areaStyle(code) !== undefined, code).toBe(geometry === 'polygon')
      const style = lineStyle(code) ?? areaStyle(code)
      if (!style) continue
      expect(style.width).toBeGreaterThanOrEqual(2)
      expect(style.dash in dashArrays).toBe(true)
      if (!extension) expect(style.color).toBe('#ff0000')
    }
  })

  it('are told apart as the standard has it', () => {
    expect(areaStyle('F10100')).toMatchObject({ dash: 'dash-dot', arrows: null })
    expect(areaStyle('F10200')?.arrows).toBe('in')
    expect(areaStyle('F10300')?.arrows).toBe('out')
    expect(noteFill).toBe('#ffebcd')
    const marks = symbols.filter((s) => s.geometry === 'line').map(({ code }) => decorationSvg(code))
    for (const mark of marks) expect(parse(mark).documentElement?.localName).toBe('svg')
    expect(new Set(marks).size).toBe(9)
    expect(decorationSvg('E10100', { color: '#123456' })).toContain('#123456')
    expect(decorationSvg('A10100')).toBe('')
  })
})
