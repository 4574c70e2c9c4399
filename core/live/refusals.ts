import { refuse, type Address, type Refusal } from '#core/kernel/index.ts'
import type { UpdateFault } from './inspectUpdate.ts'
import type { Stamp, Stamped } from './stamped.ts'

export const unknownDocument = () => refuse('live.not-found', '没有这个图层，或尚未送达本平台', 'There is no such document, or it has not arrived here yet')
export const sealed = () => refuse('live.sealed', '图层已定稿，不能再改', 'The layer is sealed and takes no more changes')
export const notWriter = (owner: Address) => refuse('live.not-writer', `本平台无权在 ${owner} 的图层上标绘，请其授权`, `This station may not write on the layer of ${owner}; ask it for a grant`)
export const notAllowed = () => refuse('live.not-allowed', '当前账号没有标绘权限', 'Your account may look but not draw')

const faults: Record<UpdateFault, [string, string]> = {
  malformed: ['数据损坏，无法读取', 'The update cannot be read'],
  'too-large': ['一次改动过大，请分次进行', 'The change is too large; make it in parts'],
  gap: ['缺少之前的改动，请刷新后重试', 'Earlier changes are missing; reload and try again'],
  'foreign-client': ['改动冒用了他人的编号', 'The update uses another writer’s number'],
  'bad-structure': ['改动的结构不被允许', 'The update holds what may not be in a document'],
  'bad-value': ['图元内容不符合规范', 'A value does not have the right form'],
}

export function explainFault(fault: UpdateFault, detail: string): Refusal {
  const [zh, en] = faults[fault]
  return refuse(`live.${fault}`, zh, en, [{ field: 'update', message: { zh: detail, en: detail } }])
}

/** A value with its stamp; null removes what is there, and is nothing where nothing is. */
export function stamped(before: Stamped | undefined, value: Record<string, unknown> | null, stamp: Stamp): Stamped | null {
  if (value === null) return before && !before.gone ? { ...before, ...stamp, gone: true } : null
  const { gone: _, ...body } = value
  return { ...body, ...stamp }
}
