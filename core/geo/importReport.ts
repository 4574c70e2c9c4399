import { z } from 'zod'
import type { Sentence } from '#core/kernel/index.ts'

/** What may be wrong with a feature of a file; `done` says what is done about it. */
export const importFaults = {
  'ring-closed': { done: 'mended', zh: '面的边界未闭合，已闭合', en: 'ring was not closed: closed' },
  'ring-turned': { done: 'mended', zh: '面的边界方向不对，已反转', en: 'ring ran the wrong way: turned' },
  'repeated-points': { done: 'mended', zh: '有连续重复的点，已去掉', en: 'repeated points: taken out' },
  'part-dropped': { done: 'mended', zh: '有一部分退化（点太少或面积为零），已去掉该部分', en: 'a part had too few points or no area: that part left out' },
  'self-intersection': { done: 'mended', zh: '面自相交，已拆分修复', en: 'polygon crossed itself: taken apart and mended' },
  'height-dropped': { done: 'mended', zh: '高程不是数，已去掉', en: 'height was not a number: left out' },
  'text-cleaned': { done: 'mended', zh: '属性中有空字符或控制字符，已去掉', en: 'null or control characters in attributes: taken out' },
  'text-cut': { done: 'mended', zh: '属性过长，已截短', en: 'attribute too long: cut' },
  'attributes-dropped': { done: 'mended', zh: '属性过多或不是文字、数，已略去', en: 'too many attributes, or not text or number: left out' },
  'empty-geometry': { done: 'skipped', zh: '没有几何', en: 'no geometry' },
  'not-a-number': { done: 'skipped', zh: '坐标不是数', en: 'a coordinate is not a number' },
  'out-of-range': { done: 'skipped', zh: '坐标超出经度 ±180、纬度 ±90', en: 'coordinate beyond longitude ±180 or latitude ±90' },
  'too-few-points': { done: 'skipped', zh: '点太少，或面积、长度为零', en: 'too few points, or no length or area' },
  'too-many-points': { done: 'skipped', zh: '顶点过多', en: 'too many points' },
  'too-tangled': { done: 'skipped', zh: '自相交，且交点或顶点过多，未能修复；请先用 QGIS“修复几何”处理', en: 'crosses itself, with too many crossings or points to be mended here; use “Fix geometries” of QGIS first' },
  'unknown-geometry': { done: 'skipped', zh: '几何类型无法识别', en: 'not a kind of geometry we know' },
  'unreadable': { done: 'skipped', zh: '这一条已损坏，无法读取', en: 'damaged, cannot be read' },
} as const satisfies Record<string, Sentence & { done: 'mended' | 'skipped' }>

export type ImportFault = keyof typeof importFaults
export const importFaultNames = Object.keys(importFaults) as ImportFault[]

export const layerKinds = ['point', 'line', 'polygon', 'mixed'] as const
export type LayerKind = (typeof layerKinds)[number]

/** How many faulty features a report names one by one. */
export const maxExamples = 20

const counts = z.partialRecord(z.enum(importFaultNames as [ImportFault, ...ImportFault[]]), z.int())

/** What became of a file: every fault is counted, the first are named. */
export const importReportSchema = z.object({
  file: z.string(),
  format: z.string(),
  /** Layer within the file, where it has names for them. */
  layer: z.string().nullable(),
  crs: z.string(),
  encoding: z.string().nullable(),
  /** What the operator should know besides: which encoding was taken and why, and such. */
  notes: z.array(z.object({ zh: z.string(), en: z.string() })),
  read: z.int(),
  imported: z.int(),
  skipped: z.int(),
  /** Imported after something was put right. */
  mended: z.int(),
  kind: z.enum(layerKinds),
  bbox: z.array(z.number()).length(4).nullable(),
  /** How often each fault was met. */
  faults: counts,
  examples: z.array(z.object({ feature: z.int(), fault: z.enum(importFaultNames as [ImportFault, ...ImportFault[]]), detail: z.string().optional() })),
  seconds: z.number(),
})
export type ImportReport = z.infer<typeof importReportSchema>
