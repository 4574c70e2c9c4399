/** What a symbol speaks of; it decides the colour and the frame. */
export type SymbolRole = 'event' | 'hazard' | 'target' | 'resource' | 'line' | 'area' | 'result' | 'sign'
export type SymbolGeometry = 'point' | 'line' | 'polygon'
/** Rounded for events, plain for the rest of the points; what is no framed point has none. */
export type SymbolFrame = 'rounded' | 'square' | 'none'

export interface SymbolGroup {
  /** The first two characters of its codes. */
  id: string
  zh: string
  en: string
  role: SymbolRole
  geometry: SymbolGeometry
}

export const symbolGroups: readonly SymbolGroup[] = [
  { id: 'A1', zh: '自然灾害', en: 'Natural disasters', role: 'event', geometry: 'point' },
  { id: 'A2', zh: '事故灾难', en: 'Accidents', role: 'event', geometry: 'point' },
  { id: 'A3', zh: '公共卫生事件', en: 'Public health', role: 'event', geometry: 'point' },
  { id: 'A4', zh: '社会安全事件', en: 'Social security', role: 'event', geometry: 'point' },
  { id: 'B1', zh: '危险源', en: 'Hazards', role: 'hazard', geometry: 'point' },
  { id: 'C1', zh: '重点场所', en: 'Key places', role: 'target', geometry: 'point' },
  { id: 'C2', zh: '基础设施', en: 'Infrastructure', role: 'target', geometry: 'point' },
  { id: 'D1', zh: '指挥机构', en: 'Command', role: 'resource', geometry: 'point' },
  { id: 'D2', zh: '救援力量', en: 'Forces', role: 'resource', geometry: 'point' },
  { id: 'D3', zh: '应急物资', en: 'Supplies', role: 'resource', geometry: 'point' },
  { id: 'D4', zh: '运输资源', en: 'Transport', role: 'resource', geometry: 'point' },
  { id: 'D5', zh: '医疗卫生资源', en: 'Medical', role: 'resource', geometry: 'point' },
  { id: 'D6', zh: '避难场所', en: 'Shelters', role: 'resource', geometry: 'point' },
  { id: 'E1', zh: '隔离线', en: 'Isolation lines', role: 'line', geometry: 'line' },
  { id: 'E2', zh: '管线道路', en: 'Cables and roads', role: 'line', geometry: 'line' },
  { id: 'E3', zh: '行进路线', en: 'Routes', role: 'line', geometry: 'line' },
  { id: 'F1', zh: '区域', en: 'Areas', role: 'area', geometry: 'polygon' },
  { id: 'X1', zh: '扩展点', en: 'Further points', role: 'resource', geometry: 'point' },
  { id: 'X2', zh: '研判结果范围', en: 'Result areas', role: 'result', geometry: 'polygon' },
  { id: 'X3', zh: '文字', en: 'Words', role: 'sign', geometry: 'point' },
  { id: 'X4', zh: '箭头', en: 'Arrows', role: 'sign', geometry: 'polygon' },
]

/** Of the standard: event (255,0,0), hazard (255,255,0), target (0,0,255), resource (0,255,0), lines and areas red. */
export const roleColors: Readonly<Record<SymbolRole, string>> = {
  event: '#ff0000', hazard: '#ffff00', target: '#0000ff', resource: '#00ff00', line: '#ff0000', area: '#ff0000', result: '#ff7f00', sign: '#ff0000',
}

/** Where one of ours differs from its group. */
export const ownColors: Readonly<Record<string, string>> = {
  X10400: '#ff0000', X20200: '#a020f0', X20300: '#1e90ff', X20400: '#b03a00', X20500: '#00a000',
}
