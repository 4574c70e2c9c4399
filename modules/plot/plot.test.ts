import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal, type Refusal } from '#core/kernel/index.ts'
import { compareFacts, fold, idOfSubject, modeOfSubject, newSubject, type Directory, type Fact, type FactDraft, type StationCard } from '#core/ledger/index.ts'
import { countsUpTo } from '#core/live/card.ts'
import { assessIncident, incidentType, openIncident, type IncidentState } from '#modules/incident/index.ts'
import { shippedNorms } from '#modules/norms/index.ts'
import { layerIdOf, parseLayerId } from './layerIds.ts'
import { addFiles, addLayer, followIncident, grantLayer, renameLayer, sealLayer, withdrawGrant, writersEver } from './plot.commands.ts'
import { plotFacts, plotSubject, type PlotFactType } from './plot.facts.ts'
import { maxFiles, maxFurtherLayers, plotType } from './plot.rules.ts'
import { docCard, isParty, layersOf, type PlotState } from './plot.state.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const scene = `${county}/s1`
const neighbour = '65/6531/653121'
const seismology = '65/@seismology'
const everyone = [region, prefecture, county, scene, neighbour, seismology] as const

const card = (address: string): StationCard => ({ address, name: address, level: 'county', kind: 'government', keys: [], state: 'active' })
const directory: Directory = { self: region, station: (address) => (everyone.includes(address as never) ? card(address) : undefined), stations: () => everyone.map(card) }

const incident = newSubject('incident', county, 'actual', 1)
const id = idOfSubject(incident)
const subject = plotSubject(id)
const own = (station: string) => layerIdOf(id, station)

/** Writes drafts down as facts, each later than the one before, whoever states it. */
function pen() {
  let count = 0
  const facts: Fact[] = []
  const plot = (known: readonly Fact[] = facts): PlotState => fold(plotType, subject, known.filter((f) => f.subject === subject), directory).state
  const quake = (): IncidentState => fold(incidentType, incident, facts.filter((f) => f.subject === incident), directory).state
  const refused = (known: readonly Fact[] = facts) => [...fold(plotType, subject, known.filter((f) => f.subject === subject), directory).refused.values()].map((r) => r.code)
  const write = (station: string, drafts: FactDraft[] | Refusal): Fact[] => {
    if (isRefusal(drafts)) throw drafts
    return drafts.map((draft) => {
      if (draft.type in plotFacts) expect(plotFacts[draft.type as PlotFactType].safeParse(draft.body).error).toBeUndefined()
      count += 1
      const fact: Fact = {
        ...draft, station, id: count.toString(16).padStart(64, '0'), text: '', sig: '', seq: count, prev: '', at: [count * 1000, 0],
        actor: { id: 'p', name: '值班员' }, mode: modeOfSubject(draft.subject),
      }
      facts.push(fact)
      return fact
    })
  }
  const react = (station: string, named?: string[]) => write(station, followIncident(plot(), quake(), station, named))
  return { facts, plot, quake, refused, write, react }
}

/** An incident opened at the county, its plot open; `reported` shares both. */
function opened() {
  const p = pen()
  p.write(county, openIncident({ subject: incident, code: '11C02', title: '乌什县7.1级地震', occurredAt: 1, learnedAt: 2, place: { division: '652927' } }, { self: county, norms: shippedNorms(county) }))
  p.react(county)
  return p
}
function reported() {
  const p = opened()
  p.write(county, assessIncident(p.quake(), { report: '01R', figures: {}, attributes: { magnitude: 7.1 } }, { self: county, norms: shippedNorms(county) }))
  p.react(county)
  return p
}
const code = (outcome: FactDraft[] | Refusal) => (isRefusal(outcome) ? outcome.code : 'ok')
const seal = (layer: string) => ({ layer, attachments: [{ sha256: 'a'.repeat(64), name: 'l.geojson', size: 2, mediaType: 'application/geo+json' }] as [never], features: 0, digest: 'b'.repeat(64) }) as Parameters<typeof sealLayer>[1]

describe('layer ids', () => {
  test('name the plot and the owner, and are read back', () => {
    for (const station of everyone) expect(parseLayerId(layerIdOf(`${id}.x`, station, 'abc123'))).toEqual({ plotId: `${id}.x`, owner: station, further: 'abc123' })
    expect(parseLayerId(own(seismology))).toEqual({ plotId: id, owner: seismology, further: '' })
  })

  test.each(['', 'a', 'a~', '~65', 'a~65/6529', 'a~65~', 'a~65~short', 'a~65~abcdef~x', 'a~65..6529', 'a~@65', 'a~65~ABCDEF', 'a b~65', 'a.y~65'])('%j is none', (text) => {
    expect(parseLayerId(text)).toBeNull()
  })
})

describe('a plot follows its incident', () => {
  test('it opens with it and stays at home as long as the report is a draft', () => {
    const p = opened()
    expect(p.facts.at(-1)).toMatchObject({ type: 'plot.opened.v1', subject, to: [], body: { incident: id } })
    expect(everyone.filter((station) => isParty(p.plot(), station))).toEqual([county])
    expect(layersOf(p.plot(), directory).map((l) => l.owner)).toEqual([county])
  })

  test('the first report makes it known to the lead, those above and those below; each has a layer from the start', () => {
    const p = reported()
    expect(p.facts.at(-1)).toMatchObject({ type: 'plot.shared.v1', to: ['ancestors', 'subtree'], body: { reason: 'reported' } })
    expect(layersOf(p.plot(), directory).map((l) => l.id)).toEqual([region, prefecture, county, scene].map(own))
  })

  test('seen again, an old fact states nothing', () => {
    const p = reported()
    for (const station of everyone) expect(p.react(station)).toEqual([])
    expect(p.react(county, [prefecture])).toEqual([])
  })

  test('shared and offered, it goes to the same stations; who takes the lead makes it known above and below itself', () => {
    const p = reported()
    expect(p.react(county, [seismology, neighbour, prefecture])).toMatchObject([{ body: { reason: 'shared' }, to: [seismology, neighbour] }])
    const lead = { ...p.quake(), lead: neighbour, leads: [...p.quake().leads, { station: neighbour, since: 9, fact: '' }] }
    expect(p.write(neighbour, followIncident(p.plot(), lead, neighbour))).toMatchObject([{ body: { reason: 'lead-changed' }, to: ['ancestors', 'subtree'] }])
    expect(isParty(p.plot(), `${neighbour}/s1`)).toBe(true)
    expect(followIncident(p.plot(), lead, neighbour)).toEqual([])
  })

  test('L-18 only the station at which the incident\'s id was made opens its plot', () => {
    const p = opened()
    const [stolen] = p.write(neighbour, [{ type: 'plot.opened.v1', subject, to: [], body: { incident: id } }])
    const backdated = p.facts.map((fact) => (fact === stolen ? { ...fact, at: [1, 0] as const } : fact))
    expect(p.refused(backdated)).toEqual(['plot.not-yours'])
    expect(p.plot(backdated).opened?.station).toBe(county)
    expect(followIncident(plotType.start(subject), p.quake(), neighbour)).toEqual([])
  })

  test('a stranger states nothing of it, and nobody makes it known to all', () => {
    const p = reported()
    p.write(neighbour, [{ type: 'plot.shared.v1', subject, to: ['subtree'], body: { reason: 'shared' } }])
    p.write(scene, [{ type: 'plot.shared.v1', subject, to: ['all'], body: { reason: 'shared' } }])
    p.write(scene, [{ type: 'plot.layerAdded.v1', subject, to: ['public'], body: { layer: layerIdOf(id, scene, 'abcdef'), name: '甲' } }])
    expect(p.refused()).toEqual(['plot.not-concerned', 'plot.wrong-audience', 'plot.wrong-audience'])
  })
})

describe('layers', () => {
  test('further ones are their owner\'s to add and to rename', () => {
    const p = reported()
    p.write(county, addLayer(p.plot(), '警戒区', 'abc123', county))
    const id2 = layerIdOf(id, county, 'abc123')
    expect(code(addLayer(p.plot(), '警戒区', 'abc123', county))).toBe('plot.layer-known')
    expect(code(renameLayer(p.plot(), id2, '封控区', region))).toBe('plot.not-yours')
    p.write(county, renameLayer(p.plot(), id2, '封控区', county))
    p.write(county, renameLayer(p.plot(), own(county), '县级', county))
    expect(layersOf(p.plot(), directory).map((l) => [l.owner, l.name])).toEqual([[region, ''], [prefecture, ''], [county, '县级'], [county, '封控区'], [scene, '']])
  })

  test('a layer in another\'s name is refused by the fold, as is one of another plot', () => {
    const p = reported()
    p.write(scene, [{ type: 'plot.layerAdded.v1', subject, to: [], body: { layer: layerIdOf(id, county, 'abcdef'), name: '冒名' } }])
    p.write(scene, [{ type: 'plot.layerAdded.v1', subject, to: [], body: { layer: layerIdOf('01OTHER', scene, 'abcdef'), name: '他图' } }])
    expect(p.refused()).toEqual(['plot.not-yours', 'plot.layer.not-found'])
  })

  test('there is a bound to how many', () => {
    const p = reported()
    for (let i = 0; i < maxFurtherLayers; i++) p.write(scene, addLayer(p.plot(), `层${i}`, `layer${i.toString().padStart(2, '0')}`, scene))
    expect(code(addLayer(p.plot(), '又一层', 'onemore', scene))).toBe('plot.too-many-layers')
    expect(code(addLayer(p.plot(), '又一层', 'onemore', county))).toBe('ok')
  })

  test('an unknown station has none until the directory knows it', () => {
    const p = reported()
    expect(docCard(p.plot(), own(`${county}/s9`), directory)).toBeUndefined()
    expect(docCard(p.plot(), own(neighbour), directory)).toBeUndefined()
    expect(docCard(p.plot(), layerIdOf(id, county, 'abc123'), directory)).toBeUndefined()
  })
})

describe('who writes', () => {
  const writes = (state: PlotState, layer: string, station: string, seq = 1) => seq <= countsUpTo(docCard(state, layer, directory)!, station, 'r')

  test('the owner alone, until it grants another', () => {
    const p = reported()
    expect(everyone.filter((station) => writes(p.plot(), own(county), station))).toEqual([county])
    p.write(county, grantLayer(p.plot(), own(county), prefecture, county, directory))
    expect(everyone.filter((station) => writes(p.plot(), own(county), station))).toEqual([prefecture, county])
    expect(code(grantLayer(p.plot(), own(county), prefecture, county, directory))).toBe('plot.already-granted')
    expect(code(grantLayer(p.plot(), own(county), county, county, directory))).toBe('plot.own-layer')
    expect(code(grantLayer(p.plot(), own(county), neighbour, county, directory))).toBe('plot.not-concerned')
    expect(code(grantLayer(p.plot(), own(county), `${county}/s9`, county, directory))).toBe('plot.unknown-station')
    expect(code(grantLayer(p.plot(), own(county), scene, prefecture, directory))).toBe('plot.not-yours')
  })

  test('nobody grants itself what is another\'s: the fold refuses it', () => {
    const p = reported()
    p.write(scene, [{ type: 'plot.granted.v1', subject, to: [], body: { layer: own(county), station: scene } }])
    p.write(scene, [{ type: 'plot.withdrawn.v1', subject, to: [], body: { layer: own(county), station: county, upTo: {} } }])
    expect(p.refused()).toEqual(['plot.not-yours', 'plot.not-yours'])
    expect(everyone.filter((station) => writes(p.plot(), own(county), station))).toEqual([county])
  })

  test('withdrawn, what was held then stays and nothing more comes', () => {
    const p = reported()
    p.write(county, grantLayer(p.plot(), own(county), scene, county, directory))
    expect(code(withdrawGrant(p.plot(), own(county), region, {}, county))).toBe('plot.not-granted')
    p.write(county, withdrawGrant(p.plot(), own(county), scene, { r: 7 }, county))
    expect([7, 8].map((seq) => writes(p.plot(), own(county), scene, seq))).toEqual([true, false])
    expect(writersEver(p.plot(), own(county))).toEqual([county, scene])
  })

  test('sealed, each writer\'s entries count up to the seal, and nothing of the layer changes any more', () => {
    const p = reported()
    for (const station of [scene, prefecture]) p.write(county, grantLayer(p.plot(), own(county), station, county, directory))
    p.write(county, withdrawGrant(p.plot(), own(county), scene, { r: 2 }, county))
    expect(code(sealLayer(p.plot(), seal(own(county)), {}, region))).toBe('plot.not-yours')
    p.write(county, sealLayer(p.plot(), seal(own(county)), { [county]: { r: 5 }, [scene]: { r: 9 }, [prefecture]: { r: 3 } }, county))
    const card = docCard(p.plot(), own(county), directory)
    expect(card).toMatchObject({ sealed: true, writers: { [county]: { r: 5 }, [scene]: { r: 2 }, [prefecture]: { r: 3 } } })
    expect([[county, 5], [county, 6], [scene, 3], [prefecture, 3]].map(([station, seq]) => writes(p.plot(), own(county), station as string, seq as number))).toEqual([true, false, false, true])
    expect(code(grantLayer(p.plot(), own(county), region, county, directory))).toBe('plot.sealed')
    expect(code(renameLayer(p.plot(), own(county), '改名', county))).toBe('plot.sealed')
    expect(code(sealLayer(p.plot(), seal(own(county)), {}, county))).toBe('plot.sealed')
    expect(writes(p.plot(), own(scene), scene)).toBe(true)
  })
})

describe('files of strokes', () => {
  const photo = (n: number) => ({ sha256: n.toString(16).padStart(64, '0'), name: `照片${n}.jpg`, size: 3, mediaType: 'image/jpeg' })

  test('are named by whoever draws on the layer, once each, up to a bound', () => {
    const p = reported()
    const files = (layer: string, ...numbers: number[]) => ({ layer, attachments: numbers.map(photo) })
    p.write(scene, addFiles(p.plot(), files(own(scene), 2, 1), scene))
    p.write(scene, addFiles(p.plot(), files(own(scene), 2, 3), scene))
    expect(p.plot().files).toEqual([1, 2, 3].map((n) => photo(n).sha256))
    expect(code(addFiles(p.plot(), files(own(county), 4), scene))).toBe('plot.not-yours')
    p.write(county, grantLayer(p.plot(), own(county), scene, county, directory))
    p.write(county, withdrawGrant(p.plot(), own(county), scene, {}, county))
    expect(code(addFiles(p.plot(), files(own(county), 4), scene))).toBe('ok')
    expect(code(addFiles({ ...p.plot(), files: Array.from({ length: maxFiles }, () => '') }, files(own(scene), 4), scene))).toBe('plot.too-many-files')
  })
})

describe('property: any order and any subset', () => {
  const pick = <T>(from: readonly T[], choice: number): T => from[choice % from.length] ?? from[0]!

  /** A busy plot in which stations act on what they had seen, some of it stale, and some state what they may not. */
  function history(choices: number[]): Fact[] {
    const p = reported()
    let stale = p.plot()
    for (const choice of choices) {
      const station = pick(everyone, choice)
      const other = pick(everyone, Math.floor(choice / 7))
      const seen = choice % 5 < 2 ? stale : p.plot()
      const layer = pick([own(station), own(other), layerIdOf(id, station, 'further1')], Math.floor(choice / 3))
      const outcomes: (() => FactDraft[] | Refusal)[] = [
        () => addLayer(seen, '甲', 'further1', station),
        () => renameLayer(seen, layer, `名${choice}`, station),
        () => grantLayer(seen, layer, other, station, directory),
        () => withdrawGrant(seen, layer, other, { r: choice }, station),
        () => sealLayer(seen, seal(layer), { [station]: { r: choice } }, station),
        () => [{ type: 'plot.granted.v1', subject, to: [], body: { layer, station: other } }],
        () => [{ type: 'plot.shared.v1', subject, to: pick([['subtree'], [other], ['ancestors', 'subtree'], ['all']], choice), body: { reason: 'shared' } }],
        () => addFiles(seen, { layer, attachments: [{ sha256: (choice % 9).toString().repeat(64), name: 'p', size: 1, mediaType: 'image/png' }] }, station),
        () => [{ type: 'plot.unheardOf.v1', subject, to: [], body: { any: choice } }],
      ]
      const outcome = pick(outcomes, Math.floor(choice / 42))()
      if (choice % 11 === 0) stale = p.plot()
      if (!isRefusal(outcome)) p.write(station, outcome)
    }
    return p.facts.filter((fact) => fact.subject === subject)
  }

  test('the same facts fold to the same state, refusals and cards, whatever the order of arrival', () => {
    fc.assert(fc.property(fc.array(fc.nat(9999), { maxLength: 30 }), fc.infiniteStream(fc.nat()), (choices, random) => {
      const facts = history(choices)
      const order = facts.map((fact) => ({ fact, key: random.next().value as number })).sort((a, b) => a.key - b.key).map((o) => o.fact)
      expect(fold(plotType, subject, order, directory)).toEqual(fold(plotType, subject, facts.toSorted(compareFacts), directory))
      for (let i = 0; i <= order.length; i++) {
        const some = order.slice(0, i)
        const { state, refused } = fold(plotType, subject, some, directory)
        expect(fold(plotType, subject, some.toReversed(), directory)).toMatchObject({ state, refused })
        expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        for (const layer of layersOf(state, directory)) {
          const { writers, owner } = docCard(state, layer.id, directory)!
          expect(owner in writers).toBe(true)
          for (const station of Object.keys(writers)) expect(station === owner || station in layer.grants).toBe(true)
        }
      }
    }), { numRuns: 80 })
  })
})
