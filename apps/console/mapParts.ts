import type { MapPart } from '#core/ui/web/map/mapParts.ts'
import { plotMapPart } from '#modules/plot/web/mapPart.ts'
import { situationMapPart } from '#modules/situation/web/mapPart.ts'

/** What modules put on the map; a new module adds its line here. */
export const mapParts: readonly MapPart[] = [
  situationMapPart,
  plotMapPart,
]
