import { lazy } from 'react'
import type { MapPart } from '#core/ui/web/map/mapParts.ts'

export const situationMapPart: MapPart = { id: 'situation', Part: lazy(async () => ({ default: (await import('./SituationPart.tsx')).SituationPart })) }
