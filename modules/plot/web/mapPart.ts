import { lazy } from 'react'
import type { MapPart } from '#core/ui/web/map/mapParts.ts'
import { plotReaders } from '../plot.access.ts'

export const plotMapPart: MapPart = { id: 'plot', roles: plotReaders, Part: lazy(async () => ({ default: (await import('./PlotPart.tsx')).PlotPart })) }
