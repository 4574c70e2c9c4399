import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const lives = globSync('modules/*/LIFE.md', { cwd: root }).sort()

it('the lives of a report and of a stroke are told', () => {
  expect(lives).toEqual(expect.arrayContaining(['modules/plot/LIFE.md', 'modules/report/LIFE.md']))
})

describe.each(lives)('%s', (life) => {
  const at = pathToFileURL(root + life)
  const text = readFileSync(at, 'utf8')
  const links = [...text.matchAll(/\[([^\]]+)\]\(([^)#]+)#([^)]+)\)/g)].map(([, label = '', path = '', symbol = '']) => ({ label, path, symbol }))

  it('has nine hops, each with a link', () => {
    const hops = text.split(/^(?=\d\. )/m).slice(1)
    expect(hops.map((hop) => Number(hop[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const hop of hops) expect(hop).toMatch(/\]\([^)]+#\w+\)/)
  })

  it.each(links)('$label exists at $path', ({ label, path, symbol }) => {
    const source = readFileSync(new URL(path, at), 'utf8')
    expect(label).toBe(`${path.split('/').at(-1)}#${symbol}`)
    expect(source).toMatch(new RegExp(String.raw`^export (async )?(function|const|class|interface|type) ${symbol}\b`, 'm'))
  })

  it('points to nothing but symbols', () => {
    expect([...text.matchAll(/\]\(([^)]+)\)/g)].length).toBe(links.length)
  })
})
