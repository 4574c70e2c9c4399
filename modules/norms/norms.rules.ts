import { isRefusal, parentOf, refuse, unknownType, type Address, type FieldFault, type Refusal, type Sentence } from '#core/kernel/index.ts'
import { wallOf, type FactDraft, type SubjectType } from '#core/ledger/index.ts'
import { effectiveNorms, shippedNorms, type Norms, type Publication } from './norms.effective.ts'
import { loosening, mayAdd, mayWithdraw } from './norms.tighten.ts'
import { groupOf, valueSchemas, type NormKey } from './norms.values.ts'
import { normsSubject, type PublishedV1 } from './norms.facts.ts'

/** Every admitted publication of one tree, in the ledger's order. Kept whole: old reports are judged by the version they used. */
export interface NormsState {
  publications: Publication[]
}

/** Versions go up one by one; a few may have been refused. A thief of the key must not use them all up. */
const maxVersionStep = 100

export const normsType: SubjectType<NormsState> = {
  kind: 'norms',
  madeByMany: true,
  start: () => ({ publications: [] }),
  admit(fact, state) {
    if (fact.type !== 'norms.published.v1') return unknownType()
    const body = fact.body as PublishedV1
    if (normsSubject(fact.station) !== fact.subject.replace(/\.(x|t)$/, '')) return refuse('norms.other-tree', '不得在其他体系的规范中发布', 'A station may not publish in another tree\'s norms')
    const last = lastVersion(state, fact.station)
    if (body.version > last + maxVersionStep) return refuse('norms.version', `版本号至多为 ${last + maxVersionStep}`, `The version must be at most ${last + maxVersionStep}`)
    if (body.version <= last) return refuse('norms.version', `版本号须大于 ${last}`, `The version must be above ${last}`, [{ field: 'version', message: { zh: `须大于 ${last}`, en: `must be above ${last}` } }])
    return judge(state, fact.station, body.sets, body.effectiveFrom)
  },
  evolve(state, fact) {
    const { version, effectiveFrom, note, sets } = fact.body as PublishedV1
    const publication: Publication = { station: fact.station, version, effectiveFrom, note, sets, fact: fact.id, at: wallOf(fact), by: fact.actor.name }
    return { publications: [...state.publications, publication] }
  },
}

export interface PublishCommand {
  effectiveFrom?: number
  note: string
  sets: Record<NormKey, PublishedV1['sets'][string]>
}

/** A station publishes its own norms: everything it sets, replacing its earlier publication. */
export function publishNorms(state: NormsState, station: Address, command: PublishCommand, now: number): FactDraft<PublishedV1> | Refusal {
  const effectiveFrom = command.effectiveFrom ?? now
  const refusal = judge(state, station, command.sets, effectiveFrom)
  if (isRefusal(refusal)) return refusal
  return {
    type: 'norms.published.v1',
    subject: normsSubject(station),
    to: ['subtree', 'ancestors'],
    body: { version: lastVersion(state, station) + 1, effectiveFrom, note: command.note, sets: command.sets },
  }
}

/** Every fault of a set of values at a station, by field `sets.KEY`; null when it may be published. */
export function judge(state: NormsState, station: Address, sets: Record<NormKey, unknown>, effectiveFrom: number): Refusal | null {
  const faults: FieldFault[] = []
  if (Object.keys(sets).length === 0) return null
  const parent = parentOf(station)
  const above = parent === null ? null : effectiveNorms(state.publications, parent, effectiveFrom)
  const standing = above ?? shippedNorms(station)
  for (const [key, value] of Object.entries(sets)) {
    const message = faultOf(key, value, above) ?? danglingOf(key, value, sets, standing)
    if (message) faults.push({ field: `sets.${key}`, message })
  }
  if (faults.length === 0) return null
  const names = faults.map((f) => f.field.slice('sets.'.length)).join(', ')
  return refuse('norms.not-publishable', `以下规范不能发布：${names}`, `These norms cannot be published: ${names}`, faults)
}

function faultOf(key: NormKey, value: unknown, above: Norms | null): Sentence | null {
  const group = groupOf(key)
  if (group === null) return { zh: '没有这样的规范项', en: 'There is no such norm' }
  const upper = above && Object.hasOwn(above.values, key) ? above.values[key] : undefined
  if (value === null) {
    if (above === null) return mayWithdraw(group) ? null : { zh: '此项不能取消，只能改值', en: 'This can be changed but not withdrawn' }
    return upper === undefined ? { zh: '没有可取消的项目', en: 'There is nothing to withdraw' } : loosening(group, upper as never, null)
  }
  const parsed = valueSchemas[group].safeParse(value)
  if (!parsed.success) {
    const reason = parsed.error.issues.map((i) => [i.path.join('.'), i.message].filter(Boolean).join(': ')).join('; ')
    return { zh: `值不合规定：${reason}`, en: `Not a valid value: ${reason}` }
  }
  if (upper !== undefined) return loosening(group, upper as never, parsed.data as never)
  return above === null || mayAdd(group) ? null : { zh: '此项只能由最上级设定', en: 'Only the top station may set this' }
}

/** A threshold without its clause, or a clause without its rule, would never be read. */
function danglingOf(key: NormKey, value: unknown, sets: Record<NormKey, unknown>, standing: Norms): Sentence | null {
  const [group, rule, clause] = key.split('/')
  const needed = group === 'threshold' ? `clause/${rule}/${clause}` : group === 'clause' ? `rule/${rule}` : null
  const held = (name: string) => (Object.hasOwn(sets, name) ? sets[name] !== null : Object.hasOwn(standing.values, name))
  if (needed === null || value === null || held(needed)) return null
  return { zh: `须先有 ${needed}`, en: `It needs ${needed} beside it` }
}

function lastVersion(state: NormsState, station: Address): number {
  return state.publications.reduce((last, p) => (p.station === station ? Math.max(last, p.version) : last), 0)
}
