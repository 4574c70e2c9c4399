import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import { useShared } from '#core/ui/web/map/shared.ts'
import { currentLanguage } from '#core/ui/web/texts.ts'
import type { LayerAnswer, PlotAnswer } from '../plot.api.ts'
import { symbolByCode } from '../symbols.ts'
import type { StrokeBody } from '../stroke.ts'
import type { DeskState, PlotDesk } from './desk.ts'
import type { SayPlot } from './plotTexts.ts'

/** The open plot, for everything that is shown about it. */
export interface OpenPlot {
  desk: PlotDesk
  plot: PlotAnswer
  title: string
}

export const PlotContext = createContext<OpenPlot | null>(null)

export function usePlot(): OpenPlot {
  const open = useContext(PlotContext)
  if (!open) throw new Error('usePlot without an open plot')
  return open
}

/** One part of the desk's state; `pick` returns what stays the same while it does not change. */
export function useDesk<T>(pick: (state: DeskState) => T): T {
  const { state } = usePlot().desk
  return useSyncExternalStore(state.subscribe, useCallback(() => pick(state.get()), [pick, state]))
}

export const useStatus = () => useShared(usePlot().desk.status)
export const usePeople = () => useShared(usePlot().desk.people)

/** Why one cannot draw on a layer; null where one can. */
export function whyNot(desk: PlotDesk, layer: LayerAnswer | undefined): 'role' | 'noLayer' | 'sealed' | 'notGranted' | 'opening' | null {
  if (!desk.mayDraw) return 'role'
  if (!layer) return 'noLayer'
  if (layer.sealed) return 'sealed'
  if (!layer.mayWrite) return 'notGranted'
  const status = desk.status.get().get(layer.id)
  return status?.mayWrite ? null : status?.state === 'closed' ? 'notGranted' : 'opening'
}

export function nameOf({ symbol, shape }: Pick<StrokeBody, 'symbol' | 'shape'>, say: SayPlot): string {
  const found = symbolByCode(symbol)
  return found ? (currentLanguage() === 'zh' ? found.zh : found.en) : say(`shape.${shape}`)
}
