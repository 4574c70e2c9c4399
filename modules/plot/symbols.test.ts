import { pinyin } from 'pinyin-pro'
import { describe, expect, it } from 'vitest'
import { shapes } from './stroke.ts'
import { symbolRows } from './symbols.data.ts'
import { groupSymbols, searchSymbols, symbolByCode, symbolGroups, symbols } from './symbols.ts'

/** Domain reference §7, word for word: later codes of a group omit its letter and digit. */
const standard = [
  'A10100水旱 0200气象 0300地震 0400地质 0500海洋 0600森林火灾 0700草原火灾',
  'A20100煤矿 0200金属矿山 0300施工 0400危化品 0500烟花爆竹 0600火灾 0700道路 0800水上 0900铁路 1000城轨 1100飞行 1200特种设备 1300基础设施 1400环境污染 1500农机 1600踩踏',
  'A30100传染病 0200食药 0300中毒感染 0400动物疫情', 'A40100金融 0200信息安全 0300恐袭 0400核辐射 0500集会',
  'B10100生产安全 0200运输安全 0300环境污染',
  'C10100党政 0200学校 0300新闻广播 0400公众聚集 0500金融 0600重要场所', 'C20100铁路 0200水运 0300民航 0400通讯 0500水利 0600电力 0700油气',
  'D10100现场指挥部 0200临时机构', 'D20100军队 0200武警 0300警察 0400救援队', 'D30100物资储备库', 'D40100运输场站 0200救援车辆', 'D50100医疗 0200疾控', 'D60100避难场所',
  'E10100隔离线 0200生态隔离线', 'E20100光缆 0200输电 0300疏通道路 0400危险路段 0500遭破坏道路', 'E30100救援车辆行进路线 0200灾民撤离路线',
  'F10100警戒区域 0200事故控制区域 0300事故蔓延区域',
].flatMap((group) => group.split(' ').map((entry) => [/^[A-Z]/.test(entry) ? entry.slice(0, 6) : group.slice(0, 2) + entry.slice(0, 4), entry.replace(/^[A-Z]?\d+/, '')] as const))

describe('the symbols of GB/T 35649-2017', () => {
  it('are all there, 72 of them, and ours beside them', () => {
    expect(standard).toHaveLength(72)
    expect(symbols.filter((s) => !s.extension).map((s) => s.code)).toEqual(standard.map(([code]) => code))
    expect(symbols.filter((s) => s.extension).every((s) => /^X[0-9]{5}$/.test(s.code))).toBe(true)
    for (const name of ['集结点', '直升机起降点', '等震线', '毒气扩散范围', '淹没范围', '文字', '直箭头']) expect(symbols.some((s) => s.extension && s.zh === name), name).toBe(true)
  })

  it.each(standard)('%s is found first by its code, and by the short name %s', (code, name) => {
    expect(searchSymbols(code)[0]?.symbol.code).toBe(code)
    expect(searchSymbols(code.toLowerCase())[0]?.symbol.code).toBe(code)
    expect(searchSymbols(name).map((hit) => hit.symbol.code)).toContain(code)
  })

  it.each(symbols.map((s) => [s.code, s.zh] as const))('%s %s is found by name, full pinyin, spaced pinyin, initials and English', (code, zh) => {
    const syllables = pinyin(zh, { toneType: 'none', type: 'array', v: true })
    const queries = [zh, syllables.join(''), syllables.join(' '), syllables.map((s) => s[0]).join(''), symbolByCode(code)!.en]
    for (const query of queries) expect(searchSymbols(query).slice(0, 5).map((hit) => hit.symbol.code), query).toContain(code)
  })

  it('have pinyin as a dictionary gives it', () => {
    const py = (text: string) => pinyin(text, { toneType: 'none', type: 'array', v: true }).join(' ')
    for (const [, zh, zhPinyin, , label, labelPinyin, subLabels = []] of symbolRows) {
      expect([zhPinyin, labelPinyin]).toEqual([py(zh), py(label)])
      for (const [word, wordPinyin] of subLabels) expect(wordPinyin).toBe(py(word))
    }
  })

  it('have a label of two to four characters, and the colours and frames of the standard', () => {
    for (const symbol of symbols) {
      expect([...symbol.label].length, symbol.code).toBeGreaterThanOrEqual(2)
      expect([...symbol.label].length, symbol.code).toBeLessThanOrEqual(4)
      for (const word of symbol.subLabels) expect([...word].length, word).toBeLessThanOrEqual(4)
      expect(symbol.shapes.every((shape) => shapes.includes(shape))).toBe(true)
    }
    const look = (letter: string) => new Set(symbols.filter((s) => s.code.startsWith(letter)).map((s) => `${s.color} ${s.frame} ${s.geometry}`))
    expect([...look('A')]).toEqual(['#ff0000 rounded point'])
    expect([...look('B')]).toEqual(['#ffff00 square point'])
    expect([...look('C')]).toEqual(['#0000ff square point'])
    expect([...look('D')]).toEqual(['#00ff00 square point'])
    expect([...look('E')]).toEqual(['#ff0000 none line'])
    expect([...look('F')]).toEqual(['#ff0000 none polygon'])
  })

  it('are found by a sub-label, which then stands in the label\'s place', () => {
    expect(searchSymbols('泥石流')[0]).toMatchObject({ symbol: { code: 'A10400' }, subLabel: '泥石流' })
    expect(searchSymbols('nsl')[0]).toMatchObject({ symbol: { code: 'A10400' }, subLabel: '泥石流' })
  })

  it('are listed whole and in order without a query, and not at all for nonsense', () => {
    expect(searchSymbols('', 1_000)).toHaveLength(symbols.length)
    expect(searchSymbols('qqqq')).toEqual([])
    expect(searchSymbols('Z99999')).toEqual([])
    expect(searchSymbols('不存在的东西')).toEqual([])
    expect(symbolByCode('A99999')).toBeUndefined()
  })

  it('stand in groups, each symbol once', () => {
    const grouped = groupSymbols()
    expect(grouped.map(({ group }) => group.id)).toEqual(symbolGroups.map(({ id }) => id))
    expect(grouped.flatMap(({ symbols }) => symbols)).toEqual(symbols)
    expect(groupSymbols(searchSymbols('地震灾害').map((hit) => hit.symbol)).map(({ group }) => group.id)).toEqual(['A1'])
  })
})
