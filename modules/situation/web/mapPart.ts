import { lazy } from 'react'
import type { MapPart } from '#core/ui/web/map/mapParts.ts'
import { situationAccess } from '../situation.access.ts'

export const situationMapPart: MapPart = { id: 'situation', roles: situationAccess['situation.read'], Part: lazy(async () => ({ default: (await import('./SituationPart.tsx')).SituationPart })) }
