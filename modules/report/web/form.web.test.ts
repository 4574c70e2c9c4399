import { describe, expect, it } from 'vitest'
import { actionBody, startAsked } from './actionBody.ts'
import { draftKey, keepDraft, keptDraft, type LocalDraft } from './draftStore.ts'
import { figureChange } from './figureChange.ts'
import { bodyOf, emptyForm, fullTime, followUpForm, formOf, type FormState } from './formState.ts'
import { titleSuggestion } from './titleSuggestion.ts'
import type { ReportAnswer } from '../report.api.ts'

const now = Date.UTC(2024, 0, 22, 18, 41)
const filled = (change: Partial<FormState> = {}): FormState => ({
  ...emptyForm(now), code: '11C02', codeName: '天然地震', title: '乌什县地震', division: '652927', divisionName: '新疆维吾尔自治区 阿克苏地区 乌什县',
  occurredAt: '2024-01-23 02:09', learnedAt: '2024-01-23 02:12', text: '正文', ...change,
})
const magnitude = [{ name: 'magnitude', kind: 'number' as const }]

describe('the form as a request', () => {
  it('tells a number from unknown and from not said', () => {
    const figures = { ...emptyForm(now).figures, deaths: { digits: '０', unknown: false }, missing: { digits: '', unknown: true } }
    expect(bodyOf(filled({ figures }), magnitude)).toMatchObject({ body: { figures: { deaths: 0, missing: null } } })
    const made = bodyOf(filled({ figures }), magnitude)
    expect('body' in made && made.body.figures && 'trapped' in made.body.figures).toBe(false)
  })

  it('names every field that cannot be sent, by the names the station uses', () => {
    const figures = { ...emptyForm(now).figures, deaths: { digits: '三人', unknown: false } }
    expect(bodyOf(filled({ code: '', occurredAt: 'now', lon: '78.63', figures, attributes: { magnitude: 'x' } }), magnitude)).toEqual({
      faults: { code: 'wanted', occurredAt: 'time', 'place.lat': 'lonLat', 'figures.deaths': 'number', 'attributes.magnitude': 'number' },
    })
    expect(bodyOf(filled({ learnedAt: '2024-01-23 02:00' }), magnitude)).toEqual({ faults: { learnedAt: 'order' } })
  })

  it('keeps attributes while the measures of the code are not read yet', () => {
    const attributes = { magnitude: '7.1', border: 'true', density: 'dense' }
    expect(bodyOf(filled({ attributes }), null)).toMatchObject({ body: { attributes: { magnitude: 7.1, border: true, density: 'dense' } } })
  })

  it('sends the mode only with an incident of its own', () => {
    expect(bodyOf(filled({ mode: 'exercise' }), magnitude)).toMatchObject({ body: { mode: 'exercise' } })
    const next = bodyOf(filled({ incidentId: '01J.x', mode: 'exercise' }), magnitude)
    expect('body' in next && 'mode' in next.body).toBe(false)
  })
})

describe('times typed in short', () => {
  it.each([['0209', '2024-01-23 02:09'], ['2:09', '2024-01-23 02:09'], ['1-22 23:50', '2024-01-22 23:50'], ['2024/1/3 2:09', '2024-01-03 02:09'], ['２：０９', '2024-01-23 02:09']])('%s', (typed, full) => {
    expect(fullTime(typed, now)).toBe(full)
  })
  it.each(['2561', 'soon', '2-31 10:00', ''])('leaves %j as it is', (typed) => {
    expect(fullTime(typed, now)).toBe(typed)
  })
})

describe('title', () => {
  it('is place, type and casualties', () => {
    const figures = { ...emptyForm(now).figures, deaths: { digits: '3', unknown: false }, seriousInjuries: { digits: '2', unknown: false }, missing: { digits: '', unknown: true } }
    expect(titleSuggestion(filled({ figures, attributes: { magnitude: '7.1' } }))).toBe('乌什县7.1级天然地震首报（死亡3人、重伤2人）')
    expect(titleSuggestion(filled({ codeName: '' }))).toBe('')
  })
})

const report = {
  kind: 'first', mode: 'exercise', incidentId: '01J.x', code: '11C02', title: '首报', text: '正文', occurredAt: now, learnedAt: now, phonedAt: null,
  place: { division: '652927', lon: 78.63, lat: 41.26 }, figures: { deaths: 1, missing: null, seriousInjuries: 0, lightInjuries: null, trapped: null, evacuated: null, lossWan: 1.5 },
  attributes: { magnitude: 7.1 }, details: { needs: '帐篷' }, attachments: [], level: { initial: 'II', computed: 'I', reporting: 'I', confirmed: null }, instructions: [],
} as unknown as ReportAnswer

describe('starting from a report', () => {
  it('a draft comes back whole', () => {
    const made = bodyOf(formOf(report), magnitude)
    expect(made).toMatchObject({ body: { title: '首报', text: '正文', figures: report.figures, place: report.place, attributes: { magnitude: 7.1 }, details: { needs: '帐篷' }, level: 'II' } })
  })
  it('a follow-up starts from the last figures, without the last text', () => {
    expect(followUpForm(report, 'followUp')).toMatchObject({ kind: 'followUp', incidentId: '01J.x', mode: 'exercise', text: '', figures: { deaths: { digits: '1', unknown: false }, missing: { digits: '', unknown: true } } })
  })
})

describe('changes of a figure', () => {
  it.each([[1, 3, 'up', 2], [3, 1, 'down', 2], [null, 0, 'known', 0], [2, null, 'unknown', 0], [null, null, 'same', 0], [0.1, 0.3, 'up', 0.2]] as const)('%s → %s', (before, after, kind, by) => {
    expect(figureChange(before, after)).toEqual({ kind, by })
  })
})

describe('drafts in the browser', () => {
  const storage = (fail = false) => {
    const kept = new Map<string, string>()
    return { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => { if (fail) throw new Error('full'); kept.set(k, v) }, removeItem: (k: string) => { kept.delete(k) } } as unknown as Storage
  }
  const draft: LocalDraft = { form: emptyForm(now), reportId: null, requestKey: 'k', savedAt: now, onStationAt: null }

  it('come back as they were, and one for each person', () => {
    const box = storage()
    expect(keepDraft(draftKey('65', 'a', 'new'), draft, box)).toBe(true)
    expect(keptDraft(draftKey('65', 'a', 'new'), box)).toEqual(draft)
    expect(keptDraft(draftKey('65', 'b', 'new'), box)).toBeNull()
  })
  it('say so when the browser keeps nothing, and never trust what is not a draft', () => {
    expect(keepDraft('k', draft, storage(true))).toBe(false)
    const box = storage()
    for (const junk of ['{', '[]', '{"form":1,"requestKey":"x"}', 'null']) {
      box.setItem('k', junk)
      expect(keptDraft('k', box)).toBeNull()
    }
  })
})

describe('what a dialog sends', () => {
  const asked = startAsked(report, '65', '2024-01-23 05:00')
  it('leaves out what was not answered', () => {
    expect(actionBody('accept', asked, () => null)).toEqual({ body: {} })
    expect(actionBody('instruct', { ...asked, text: ' 速报 ' }, () => 5)).toEqual({ body: { text: '速报', due: 5 } })
  })
  it('asks for what must be said first', () => {
    expect(actionBody('return', asked, () => null)).toEqual({ wanted: 'reason' })
    expect(actionBody('instruct', { ...asked, text: 'x' }, () => null)).toEqual({ wanted: 'due' })
  })
})
