import type { DataDrivenPropertyValueSpecification, ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl'
import { dashArrays, decorationSpacing } from '../symbolArt.ts'

/** Strokes that are being moved elsewhere stay where they were, faintly. */
const ghost: ExpressionSpecification = ['case', ['boolean', ['feature-state', 'moving'], false], 0.2, 1]
const alpha: ExpressionSpecification = ['*', ['get', 'alpha'], ghost]
const is = (...kinds: string[]): ExpressionSpecification => ['in', ['get', 'kind'], ['literal', kinds]]
const words: DataDrivenPropertyValueSpecification<string> = ['get', 'text']

/** The layers of a source of drawn features, lowest first. Beginning `prefix-`. */
export function strokeLayers(prefix: string, source: string): LayerSpecification[] {
  const dashes = Object.entries(dashArrays).map(([dash, pattern]): LayerSpecification => ({
    id: `${prefix}-line-${dash}`, type: 'line', source, filter: ['all', is('line', 'area'), ['==', ['get', 'dash'], dash]] as FilterSpecification,
    layout: { 'line-join': 'round', 'line-cap': pattern ? 'butt' : 'round' },
    paint: { 'line-color': ['get', 'color'], 'line-width': ['get', 'width'], 'line-opacity': alpha, ...(pattern ? { 'line-dasharray': [...pattern] } : {}) },
  }))
  const marks = (turns: boolean): LayerSpecification => ({
    id: `${prefix}-mark-${turns ? 'turned' : 'upright'}`, type: 'symbol', source, filter: ['all', ['!=', ['get', 'mark'], ''], ['==', ['get', 'markTurns'], turns]],
    layout: { 'symbol-placement': 'line', 'symbol-spacing': decorationSpacing, 'icon-image': ['get', 'mark'], 'icon-keep-upright': false, 'icon-rotation-alignment': turns ? 'map' : 'viewport', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    paint: { 'icon-opacity': alpha },
  })
  return [
    { id: `${prefix}-fill`, type: 'fill', source, filter: is('area'), paint: { 'fill-color': ['get', 'fill'], 'fill-opacity': ['*', ['get', 'opacity'], alpha] } },
    ...dashes,
    marks(true), marks(false),
    { id: `${prefix}-dot`, type: 'circle', source, filter: is('dot'), paint: { 'circle-radius': ['/', ['get', 'size'], 6], 'circle-color': ['get', 'color'], 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 2, 'circle-opacity': alpha, 'circle-stroke-opacity': alpha } },
    {
      id: `${prefix}-icon`, type: 'symbol', source, filter: is('icon'),
      layout: { 'icon-image': ['get', 'image'], 'icon-size': ['/', ['get', 'size'], 64], 'icon-rotate': ['get', 'rotation'], 'icon-allow-overlap': true, 'icon-ignore-placement': true },
      paint: { 'icon-opacity': alpha },
    },
    {
      id: `${prefix}-text`, type: 'symbol', source, filter: ['any', is('text'), ['all', is('dot'), ['!=', ['get', 'text'], '']]],
      layout: { 'text-field': words, 'text-size': ['case', is('dot'), 14, ['max', 10, ['*', ['get', 'size'], ['case', ['==', ['get', 'size'], 15], 1, 0.5]]]], 'text-rotate': ['get', 'rotation'], 'text-anchor': 'center', 'text-offset': ['case', is('dot'), ['literal', [0, 1.4]], ['literal', [0, 0]]], 'text-allow-overlap': true, 'text-ignore-placement': true, 'text-max-width': 16 },
      paint: { 'text-color': ['get', 'color'], 'text-halo-color': '#ffffff', 'text-halo-width': 2, 'text-opacity': alpha },
    },
    {
      id: `${prefix}-box`, type: 'symbol', source, filter: is('box'),
      layout: { 'icon-image': ['concat', 'plotbox\u001f', ['get', 'fill']], 'icon-text-fit': 'both', 'icon-text-fit-padding': [4, 8, 4, 8], 'text-field': words, 'text-size': 14, 'text-max-width': 16, 'text-allow-overlap': true, 'icon-allow-overlap': true, 'text-ignore-placement': true, 'icon-ignore-placement': true },
      paint: { 'text-color': '#202020', 'text-opacity': alpha, 'icon-opacity': alpha },
    },
  ]
}
