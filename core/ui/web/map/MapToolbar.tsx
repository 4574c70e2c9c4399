import { useEffect, type KeyboardEvent, type RefObject } from 'react'
import { useText } from '../texts.ts'
import { mapTexts } from './mapTexts.ts'

/** One stop of the Tab key; the arrows go from tool to tool (WAI-ARIA toolbar). Tools are put into it by `MapTools`. */
export function MapToolbar({ place, vertical }: { place: (node: HTMLElement | null) => void; vertical: boolean }) {
  const say = useText(mapTexts)
  return <div ref={place} className="map-tools" role="toolbar" aria-label={say('tools.label')} aria-orientation={vertical ? 'vertical' : 'horizontal'} onKeyDown={walk} />
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const tools = toolsOf(event.currentTarget)
  const at = tools.indexOf(document.activeElement as HTMLButtonElement)
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? tools.length - 1
    : event.key === 'ArrowDown' || event.key === 'ArrowRight' ? (at + 1) % tools.length
      : event.key === 'ArrowUp' || event.key === 'ArrowLeft' ? (at - 1 + tools.length) % tools.length : -1
  const next = tools[to]
  if (at < 0 || !next) return
  event.preventDefault()
  event.stopPropagation()
  for (const tool of tools) tool.tabIndex = tool === next ? 0 : -1
  next.focus()
}

/** Keeps exactly one tool in the order of Tab, whichever come and go. */
export function useOneTabStop(toolbar: RefObject<HTMLElement | null> | HTMLElement | null): void {
  useEffect(() => {
    const node = toolbar && 'current' in toolbar ? toolbar.current : toolbar
    if (!node) return undefined
    const settle = () => {
      const tools = toolsOf(node)
      if (tools.filter((tool) => tool.tabIndex === 0).length === 1) return
      for (const [i, tool] of tools.entries()) tool.tabIndex = i === 0 ? 0 : -1
    }
    settle()
    const watch = new MutationObserver(settle)
    watch.observe(node, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
    return () => { watch.disconnect() }
  }, [toolbar])
}

function toolsOf(toolbar: HTMLElement): HTMLButtonElement[] {
  return [...toolbar.querySelectorAll<HTMLButtonElement>('button.map-tool:not(:disabled)')]
}
