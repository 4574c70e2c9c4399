import { DOMParser, onErrorStopParsing, type Document, type Element, type Node } from '@xmldom/xmldom'
import { refuse } from '#core/kernel/index.ts'

const maxBytes = 32 * 1024 * 1024
const maxDepth = 64
const maxElements = 1_000_000

const unreadable = (why: string) => refuse('plot.import-unreadable', `不是可读的 XML（${why}）`, `This is not readable XML (${why})`)

/** No file may have an element of this name: it would be a piece that it is not. */
export const pieceName = 'fengsui-piece'

/** XML taken apart before it is parsed, so that a long file need not stand in memory as one tree, nor be parsed in one go. */
export interface XmlParts {
  /** All but the pieces, for each of which an element named `pieceName` with its number `n` stands. */
  frame: Document
  /** The n-th piece, parsed when it is asked for. */
  piece(n: number): Element
}

/**
 * A stranger's XML. Document types are refused outright, so that there are no entities to expand and nothing outside
 * the file to fetch; depth and number of elements are counted before any tree is built. `pieces` names the elements
 * that are parsed one by one.
 */
export function parseXml(text: string, pieces: string): XmlParts {
  if (text.length > maxBytes) throw refuse('plot.import-too-large', `XML 超过 ${maxBytes / 1024 / 1024} MB`, `The XML is larger than ${maxBytes / 1024 / 1024} MB`)
  if (/<!(doctype|entity|element|attlist|notation)/i.test(text)) throw refuse('plot.import-doctype', 'XML 含有 DOCTYPE 或实体声明，不予读取', 'XML with a DOCTYPE or entity declarations is not read')
  if (text.includes(pieceName)) throw unreadable(pieceName)
  const spans = spansOf(text, pieces)
  let frame = ''
  let from = 0
  spans.forEach(([start, end], n) => {
    frame += `${text.slice(from, start)}<${pieceName} n="${n}"/>`
    from = end
  })
  const document = parsed(frame + text.slice(from))
  const prefixes = prefixesOf(document.documentElement!)
  return {
    frame: document,
    piece: (n) => [...childrenOf(parsed(`<${pieceName}${prefixes}>${text.slice(...spans[n]!)}</${pieceName}>`).documentElement!)][0]!,
  }
}

/** Declared at the root, as a rule; the pieces are read under the same. */
function prefixesOf({ attributes }: Element): string {
  let declared = ''
  for (let i = 0; i < attributes.length; i++) {
    const { name, value } = attributes.item(i)!
    if (name.startsWith('xmlns')) declared += ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"`
  }
  return declared
}

function parsed(text: string): Document {
  try {
    return new DOMParser({ locator: false, onError: onErrorStopParsing }).parseFromString(text.replace(/^\ufeff/, ''), 'text/xml')
  } catch (fault) {
    throw unreadable(String(fault instanceof Error ? fault.message : fault).split('\n')[0]!.slice(0, 120))
  }
}

/** Where the pieces lie; on the way, how deep and how many the elements are. */
function spansOf(text: string, pieces: string): [start: number, end: number][] {
  const isPiece = new RegExp(`^</?(?:[\\w.-]+:)?${pieces}[\\s>]`)
  const spans: [number, number][] = []
  let depth = 0
  let elements = 0
  let open: { start: number; depth: number } | null = null
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const next = text.charCodeAt(at + 1)
    if (next === 0x21 || next === 0x3f) {
      // Comments, sections of plain characters and instructions hold no elements.
      const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : '>'
      const to = text.indexOf(end, at + 2)
      if (to === -1) throw unreadable('<!')
      at = to
      continue
    }
    const close = text.indexOf('>', at)
    if (close === -1) throw unreadable('<')
    const isEnd = next === 0x2f
    if (isEnd) depth--
    if (isEnd ? open?.depth === depth : !open && text.charCodeAt(close - 1) !== 0x2f) {
      if (isPiece.test(text.slice(at, at + 60))) {
        if (open) spans.push([open.start, close + 1])
        open = isEnd ? null : { start: at, depth }
      }
    }
    if (!isEnd && text.charCodeAt(close - 1) !== 0x2f) depth++
    if (depth > maxDepth) throw unreadable(`> ${maxDepth}`)
    if (++elements > maxElements) throw refuse('plot.import-too-many', `XML 元素多于 ${maxElements} 个`, `The XML has more than ${maxElements} elements`)
    at = close
  }
  return spans
}

export function* childrenOf(node: Node): Generator<Element> {
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.nodeType === 1) yield child as Element
}

export function childOf(node: Node, ...names: string[]): Element | null {
  for (const child of childrenOf(node)) if (names.includes(child.localName ?? '')) return child
  return null
}

export function textOf(node: Node | null): string {
  return node?.textContent ?? ''
}
