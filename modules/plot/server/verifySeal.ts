import { createHash } from 'node:crypto'
import type { Sentence } from '#core/kernel/index.ts'
import { inspect } from '#core/ledger/index.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import type { Language } from '#core/http/server/problem.ts'
import type { Station } from '#core/station/server/module.ts'
import { canonicalGeoJson, canonicalHistory } from '../canonical.ts'
import type { VerifyAnswer } from '../plot.api.ts'
import type { Layer } from '../plot.state.ts'
import { historyOf, valuesOf, type LoadedLayer } from './plot.reading.ts'
import { sha256Of } from './sealing.ts'

type Check = [ok: boolean, sentence: Sentence]
type Sealed = NonNullable<Layer['sealed']>

/** Whether a sealed layer is what its owner sealed, from what this station holds itself: fact, file and document. */
export async function verifySeal(station: Station, { layer, doc }: LoadedLayer, language: Language): Promise<VerifyAnswer> {
  const { sealed } = layer
  if (!sealed) return { sealed: false, ok: false, checks: [] }
  const checks: [VerifyAnswer['checks'][number]['check'], Check][] = [
    ['fact', await factHolds(station, layer, sealed)],
    ['file', await fileHolds(station, sealed)],
    ['document', await documentHolds(station, layer, sealed, doc)],
    ['history', await historyHolds(station, sealed, doc)],
  ]
  return { sealed: true, ok: checks.every(([, [ok]]) => ok), checks: checks.map(([check, [ok, sentence]]) => ({ check, ok, detail: sentence[language] })) }
}

async function factHolds({ ledger, clock }: Station, layer: Layer, sealed: Sealed): Promise<Check> {
  const fact = await ledger.fact(sealed.fact)
  if (!fact) return [false, { zh: '本平台没有这条定稿事实', en: 'The fact of the seal is not held here' }]
  const { verdict } = await inspect(fact, ledger.directory, clock.now(), nodeCrypto)
  const holds = verdict === 'sound' && fact.status === 'admitted' && fact.station === layer.owner
  return holds
    ? [true, { zh: `定稿事实由 ${layer.owner} 签名，签名有效`, en: `The fact of the seal is signed by ${layer.owner} and the signature holds` }]
    : [false, { zh: '定稿事实的签名或权限无效', en: 'The signature or the authority of the fact of the seal does not hold' }]
}

async function fileHolds({ files }: Station, sealed: Sealed): Promise<Check> {
  const [{ sha256 }] = sealed.attachments
  if (!(await files.card(sha256))) return [false, { zh: '定稿文件还没有到达本平台，稍后再验', en: 'The sealed file is not here yet; try again later' }]
  const hash = createHash('sha256')
  for await (const chunk of files.open(sha256)) hash.update(chunk as Buffer)
  return hash.digest('hex') === sha256
    ? [true, { zh: '定稿文件与事实所载指纹相符', en: 'The sealed file has the hash that the fact names' }]
    : [false, { zh: '定稿文件与事实所载指纹不符', en: 'The sealed file does not have the hash that the fact names' }]
}

async function documentHolds(station: Station, layer: Layer, sealed: Sealed, doc: string): Promise<Check> {
  const values = await valuesOf(station, doc)
  return sha256Of(canonicalGeoJson(layer.id, values)) === sealed.attachments[0].sha256
    ? [true, { zh: `本平台的图层（${values.size} 个图元）与定稿文件逐字节一致`, en: `This station's layer (${values.size} features) equals the sealed file byte for byte` }]
    : [false, { zh: `本平台的图层（${values.size} 个图元）与定稿（${sealed.features} 个）不一致，可能尚未收齐`, en: `This station's layer (${values.size} features) differs from what was sealed (${sealed.features}); it may not have all of it yet` }]
}

async function historyHolds(station: Station, sealed: Sealed, doc: string): Promise<Check> {
  const history = await historyOf(station, doc)
  return sha256Of(canonicalHistory(history)) === sealed.digest
    ? [true, { zh: `标绘过程（${history.length} 步）与定稿相符`, en: `The history (${history.length} steps) is the one that was sealed` }]
    : [false, { zh: `标绘过程（${history.length} 步）与定稿不符，可能尚未收齐`, en: `The history (${history.length} steps) is not the one that was sealed; it may not be complete here yet` }]
}
