import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const text = readFileSync(new URL('LIFE.md', import.meta.url), 'utf8')
const links = [...text.matchAll(/\[([^\]]+)\]\(([^)#]+)#([^)]+)\)/g)].map(([, label = '', path = '', symbol = '']) => ({ label, path, symbol }))

describe('LIFE.md', () => {
  it('has nine hops, each with a link', () => {
    const hops = text.split(/^(?=\d\. )/m).slice(1)
    expect(hops.map((hop) => Number(hop[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const hop of hops) expect(hop).toMatch(/\]\([^)]+#\w+\)/)
  })

  it.each(links)('$label exists at $path', ({ label, path, symbol }) => {
    const source = readFileSync(new URL(path, import.meta.url), 'utf8')
    expect(label).toBe(`${path.split('/').at(-1)}#${symbol}`)
    expect(source).toMatch(new RegExp(String.raw`^export (async )?(function|const|class|interface|type) ${symbol}\b`, 'm'))
  })

  it('points to nothing but symbols', () => {
    expect([...text.matchAll(/\]\(([^)]+)\)/g)].length).toBe(links.length)
  })
})
