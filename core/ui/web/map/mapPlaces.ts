import { createContext, useContext } from 'react'

/** Where on the map's frame parts put their controls; filled by MapView. */
export interface MapPlaces {
  /** The upper left corner: search. */
  head: HTMLElement
  tools: HTMLElement
  panels: HTMLElement
  /** Above the lower edge: the time slider, what is being measured. */
  foot: HTMLElement
  /** In the lowest line, beside the scale: a reading. */
  line: HTMLElement
  /** The map has the window. Beside a page its one-letter keys are the page's. */
  full: boolean
  /** On a phone. */
  narrow: boolean
}

export const MapPlacesContext = createContext<MapPlaces | null>(null)

/** Null for a moment, until the frame is drawn. */
export function useMapPlaces(): MapPlaces | null {
  return useContext(MapPlacesContext)
}
