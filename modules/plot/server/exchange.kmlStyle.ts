import type { Document, Element } from '@xmldom/xmldom'
import { childOf, textOf } from './exchange.xml.ts'

/** Of a foreign placemark's style, what a stroke has a place for, by the names its reader knows. */
export type StyleRead = Partial<Record<'stroke' | 'fill', string> & Record<'width' | 'opacity', string | number>>

/** Answers a placemark's style: its own, or the shared one its `styleUrl` names, through a style map's normal pair. */
export function kmlStyles(document: Document): (placemark: Element) => StyleRead {
  const byId = new Map<string, Element>()
  for (const name of ['Style', 'StyleMap']) {
    const found = document.getElementsByTagNameNS('*', name)
    for (let element = found.item(0), i = 0; element; element = found.item(++i)) {
      const id = element.getAttribute('id')
      if (id) byId.set(id, element)
    }
  }
  const shared = (url: string): Element | null => {
    const found = byId.get(url.trim().replace(/^.*#/, '')) ?? null
    if (found?.localName !== 'StyleMap') return found
    const pair = childOf(found, 'Pair')
    // A map that leads to a map leads nowhere: styles name styles.
    const target = pair && byId.get(textOf(childOf(pair, 'styleUrl')).trim().replace(/^.*#/, ''))
    return target?.localName === 'Style' ? target : pair && childOf(pair, 'Style')
  }
  return (placemark) => {
    const style = childOf(placemark, 'Style') ?? shared(textOf(childOf(placemark, 'styleUrl')))
    return style ? styleRead(style) : {}
  }
}

function styleRead(style: Element): StyleRead {
  const [line, area, icon] = ['LineStyle', 'PolyStyle', 'IconStyle'].map((name) => childOf(style, name))
  const part = (element: Element | null | undefined, name: string) => (element ? textOf(childOf(element, name)).trim() : '')
  const fill = part(area, 'color')
  const opaque = part(area, 'fill') === '0' ? 0 : fill ? Number.parseInt(fill.slice(0, 2), 16) / 255 : ''
  return {
    stroke: htmlColor(part(line, 'color') || part(icon, 'color')), fill: htmlColor(fill), width: part(line, 'width'),
    opacity: typeof opaque === 'number' && Number.isFinite(opaque) ? Math.round(opaque * 1000) / 1000 : '',
  }
}

function htmlColor(color: string): string {
  const [, b, g, r] = /^#?[0-9a-f]{2}([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color) ?? []
  return r ? `#${r}${g}${b}` : ''
}
