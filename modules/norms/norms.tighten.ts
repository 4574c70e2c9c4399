import { type Sentence } from '#core/kernel/index.ts'
import { reaches, valueSchemas, type Condition, type NormGroup, type NormValues, type Test } from './norms.values.ts'

const says = (zh: string, en: string): Sentence => ({ zh, en })

/**
 * Why a lower station's value would loosen the upper one's; null when it adds or tightens.
 * Both values are valid for the group; `null` as the lower value withdraws.
 */
export function loosening<G extends NormGroup>(group: G, upper: NormValues[G], lower: NormValues[G] | null): Sentence | null {
  if (lower === null) return says('下级不得取消上级规定的项目', 'A lower station may not withdraw what the upper one set')
  return loosenings[group](upper, lower)
}

/** Whether a lower station may state a value that stands nowhere above it. Weights share out a hundred, so only the top may. */
export function mayAdd(group: NormGroup): boolean {
  return group !== 'weight'
}

/** Whether the top of the tree may withdraw a value: only where its absence has a meaning of its own. */
export function mayWithdraw(group: NormGroup): boolean {
  return ['code', 'rule', 'clause', 'threshold', 'measure', 'deadline'].includes(group)
}

const loosenings: { [G in NormGroup]: (upper: NormValues[G], lower: NormValues[G]) => Sentence | null } = {
  code: fixed,
  clause: fixed,
  measure: fixed,
  weight: fixed,
  rule: (upper, lower) => {
    if (upper.zh !== lower.zh || upper.en !== lower.en) return fixed(upper, lower)
    const lost = upper.applies.filter((code) => !lower.applies.some((l) => code.startsWith(l)))
    return lost.length === 0 ? null : says(`规则仍须适用于：${lost.join('、')}`, `The rule must still apply to: ${lost.join(', ')}`)
  },
  threshold: (upper, lower) => {
    const lost = upper.filter((u) => !lower.some((l) => covers(l, u)))
    return lost.length === 0 ? null : says(`门槛高于上级规定，上级为 ${describe(lost)}`, `The threshold is higher than the upper one's: ${describe(lost)}`)
  },
  deadline: (upper, lower) => (lower <= upper ? null : says(`时限不得长于上级规定的 ${upper} 分钟`, `The deadline may not be longer than the upper one's ${upper} minutes`)),
  reach: (upper, lower) => (reaches.indexOf(lower) >= reaches.indexOf(upper) ? null : says('报送范围不得小于上级规定', 'The reach may not be smaller than the upper one\'s')),
  confirm: (upper, lower) => (reaches.indexOf(lower) >= reaches.indexOf(upper) ? null : says('认定权限不得低于上级规定', 'The authority to confirm may not be lower than the upper one\'s')),
  required: missingFields,
  expected: missingFields,
  raise: (upper, lower) => (lower >= upper ? null : says(`提级不得少于 ${upper} 级`, `The raise may not be less than ${upper}`)),
}

/**
 * What is in force when a lower station stated `lower` under `upper`: whichever is stricter, and for lists and
 * conditions both together, so that the result is never looser than either. `'upper'` when the lower adds nothing.
 */
export function stricter(group: NormGroup, upper: unknown, lower: unknown): 'upper' | { value: unknown } {
  const parsed = valueSchemas[group].safeParse(lower)
  if (!parsed.success) return 'upper'
  const down = parsed.data
  if (loosening(group, upper as never, down as never) === null) return sameValue(upper, down) ? 'upper' : { value: down }
  if (group === 'required' || group === 'expected') return joined(upper as string[], down as string[], (a, b) => a === b)
  if (group === 'threshold') return joined(upper as Condition, down as Condition, (u, l) => covers(u, l))
  if (group === 'rule') {
    const rule = upper as NormValues['rule']
    const both = joined(rule.applies, (down as NormValues['rule']).applies, (a, b) => b.startsWith(a))
    return both === 'upper' ? 'upper' : { value: { ...rule, applies: both.value } }
  }
  return 'upper'
}

/** `upper` and whatever of `lower` it does not yet hold. */
function joined<T>(upper: T[], lower: T[], holds: (u: T, l: T) => boolean): 'upper' | { value: T[] } {
  const added = lower.filter((l) => !upper.some((u) => holds(u, l)))
  return added.length === 0 ? 'upper' : { value: [...upper, ...added] }
}

/** Whether `wide` is satisfied by everything that satisfies `narrow`: each of its tests follows from one of narrow's. */
function covers(wide: Test[], narrow: Test[]): boolean {
  return wide.every((w) => narrow.some((n) => follows(n, w)))
}

/** Whether test `from` implies test `to`, judged on the same measure and direction only. */
function follows(from: Test, to: Test): boolean {
  if (from.measure !== to.measure) return false
  if (from.op === 'in') return to.op === 'in' && from.value.every((v) => to.value.includes(v))
  if (to.op === 'in' || from.op[0] !== to.op[0]) return false
  const nearer = to.op[0] === '>' ? from.value > to.value : from.value < to.value
  return nearer || (from.value === to.value && (to.op.length === 2 || from.op.length === 1))
}

function fixed(upper: unknown, lower: unknown): Sentence | null {
  return sameValue(upper, lower) ? null : says('此项由上级规定，下级不得更改', 'This is set above and may not be changed below')
}

function missingFields(upper: string[], lower: string[]): Sentence | null {
  const lost = upper.filter((field) => !lower.includes(field))
  return lost.length === 0 ? null : says(`不得少于上级要求的项目，缺：${lost.join('、')}`, `Fields required above are missing: ${lost.join(', ')}`)
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [ka, kb] = [Object.keys(a), Object.keys(b)]
  return ka.length === kb.length && ka.every((k) => sameValue((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
}

function describe(condition: Condition): string {
  return condition.map((tests) => tests.map((t) => `${t.measure} ${t.op} ${Array.isArray(t.value) ? t.value.join('|') : t.value}`).join(' & ')).join(' | ')
}
