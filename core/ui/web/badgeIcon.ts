import { useEffect } from 'react'

const plain = '/favicon.svg'

/** Draws a count onto the tab's icon, so that it is seen from another tab. */
export function useBadgeIcon(count: number): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (!link) return undefined
    if (count === 0) {
      link.href = plain
      return undefined
    }
    let stale = false
    const image = new Image()
    image.addEventListener('load', () => {
      if (!stale) link.href = withBadge(image, count) ?? plain
    })
    image.src = plain
    return () => { stale = true }
  }, [count])
}

function withBadge(image: HTMLImageElement, count: number): string | null {
  const canvas = document.createElement('canvas')
  canvas.width = 64
  canvas.height = 64
  const pen = canvas.getContext('2d')
  if (!pen) return null
  pen.drawImage(image, 0, 0, 64, 64)
  pen.fillStyle = '#d3222a'
  pen.beginPath()
  pen.arc(44, 20, 20, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = '#ffffff'
  pen.font = 'bold 28px sans-serif'
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(count > 9 ? '9+' : String(count), 44, 21)
  return canvas.toDataURL('image/png')
}
