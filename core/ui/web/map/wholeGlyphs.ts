import type { Map as MapLibre } from 'maplibre-gl'

interface Drawer { ctx: { measureText: (text: string) => TextMetrics } }
type DrawerClass = new (...options: never[]) => Drawer

const mended = new WeakSet<object>()

/**
 * MapLibre GL 5.24 draws letters with a TinySDF that takes `actualBoundingBoxLeft` with the wrong sign: of 【, （ and
 * “, whose ink begins in the right half, it cuts most away. The metrics are given to it turned round; upstream mended it
 * in tiny-sdf 2.1. Goes when maplibre-gl is raised.
 */
export function drawGlyphsWhole(map: MapLibre): void {
  const manager = map.style?.glyphManager.constructor as { TinySDF?: DrawerClass } | undefined
  const Base = manager?.TinySDF
  if (!manager || !Base || mended.has(manager)) return
  mended.add(manager)
  manager.TinySDF = class extends Base {
    constructor(...options: never[]) {
      super(...options)
      const { ctx } = this
      const measure = ctx.measureText.bind(ctx)
      ctx.measureText = (text) => {
        const { width, actualBoundingBoxAscent, actualBoundingBoxDescent, actualBoundingBoxLeft, actualBoundingBoxRight } = measure(text)
        return { width, actualBoundingBoxAscent, actualBoundingBoxDescent, actualBoundingBoxLeft: -actualBoundingBoxLeft, actualBoundingBoxRight } as TextMetrics
      }
    }
  }
}
