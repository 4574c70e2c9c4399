import { DOMParser, onErrorStopParsing, type Document, type Element, type Node } from '@xmldom/xmldom'
import { refuse } from '#core/kernel/index.ts'

const maxBytes = 16 * 1024 * 1024
const maxDepth = 64
const maxElements = 1_000_000

const unreadable = (why: string) => refuse('plot.import-unreadable', `不是可读的 XML（${why}）`, `This is not readable XML (${why})`)

/**
 * A stranger's XML as a document. Document types are refused outright, so that there are no entities to expand and
 * nothing outside the file to fetch; depth and number of elements are counted before a tree is built.
 */
export function parseXml(text: string): Document {
  if (text.length > maxBytes) throw refuse('plot.import-too-large', `XML 超过 ${maxBytes / 1024 / 1024} MB`, `The XML is larger than ${maxBytes / 1024 / 1024} MB`)
  if (/<!(doctype|entity|element|attlist|notation)/i.test(text)) throw refuse('plot.import-doctype', 'XML 含有 DOCTYPE 或实体声明，不予读取', 'XML with a DOCTYPE or entity declarations is not read')
  measure(text)
  try {
    return new DOMParser({ locator: false, onError: onErrorStopParsing }).parseFromString(text.replace(/^\ufeff/, ''), 'text/xml')
  } catch (fault) {
    throw unreadable(String(fault instanceof Error ? fault.message : fault).split('\n')[0]!.slice(0, 120))
  }
}

function measure(text: string): void {
  let depth = 0
  let elements = 0
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
    if (next === 0x2f) depth--
    else if (text.charCodeAt(close - 1) !== 0x2f) depth++
    if (depth > maxDepth) throw unreadable(`> ${maxDepth}`)
    if (++elements > maxElements) throw refuse('plot.import-too-many', `XML 元素多于 ${maxElements} 个`, `The XML has more than ${maxElements} elements`)
  }
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
