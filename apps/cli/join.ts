import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { enrolledSchema } from '#modules/directory/directory.api.ts'
import { readEnrolmentToken, type EnrolmentToken } from '#modules/directory/enrolment.ts'
import { readStationConfig, stationPaths, writeStationConfig, type StationConfig } from '#apps/station/config.ts'
import { alone, requireEmpty } from './dataFolder.ts'
import { requireOwnDatabase, withNewLedger } from './firstFacts.ts'
import { beijing, language, OperatorFault, say } from './language.ts'

export interface JoinOptions {
  data: string
  mode: StationConfig['mode']
  host: string
  port: number
  /** Where the parent answers, when it is not the address written in the token. */
  parent?: string
}

const timeoutMs = 60_000

/**
 * `fengsui join`: presents a one-time token to the parent with a new key, and stores the directory it answers with.
 * In the folder of an existing station of that address it replaces a lost or compromised key.
 */
export async function join(text: string, options: JoinOptions, print: (text: string) => void): Promise<void> {
  const token = readEnrolmentToken(text)
  if (!token) throw new OperatorFault('这不是入网令牌，应以 fengsui1. 开头，请完整复制', 'This is not an enrolment token; it begins with fengsui1. — copy all of it')
  if (token.expires <= Date.now()) throw new OperatorFault(`令牌已于 ${beijing(token.expires)} 过期，请向上级重新领取`, `The token expired at ${beijing(token.expires)} Beijing time; ask the parent for a new one`)
  const folder = resolve(options.data)
  const paths = stationPaths(folder)
  const before = existsSync(paths.config) ? await readStationConfig(folder) : null
  if (before && before.address !== token.address) throw new OperatorFault(`${folder} 是 ${before.address} 的数据目录，令牌是给 ${token.address} 的`, `${folder} belongs to ${before.address}; the token is for ${token.address}`)
  const pending = `${paths.key}.joining`
  if (!before && !existsSync(pending)) await requireEmpty(folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await alone(folder, before ?? {}, () => joinAlone(text, token, { folder, before, pending }, options, print))
}

async function joinAlone(text: string, token: EnrolmentToken, at: { folder: string; before: StationConfig | null; pending: string }, options: JoinOptions, print: (text: string) => void): Promise<void> {
  const { folder, before, pending } = at
  const paths = stationPaths(folder)
  // Without `station.json` no station ever lived here: what lies here is left over from a join that was cut short.
  if (!before) for (const end of ['', '-wal', '-shm']) await rm(`${paths.database}${end}`, { force: true })

  // The token is spent once it is presented: what can be found out without it is found out before.
  await requireOwnDatabase(folder, { address: token.address, root: token.root, database: before?.database }, before === null)
  const url = (options.parent ?? token.url).replace(/\/+$/, '')
  const pem = await pendingKey(pending)
  const { publicKey } = nodeSigner(pem)
  const { station, facts } = await present(url, text, publicKey)
  const config: StationConfig = {
    ...(before ?? { mode: options.mode, host: options.host, port: options.port, uploadLimitMiB: 512 }),
    address: station.address, name: station.name, kind: station.kind, parent: { address: token.parent, url }, root: token.root,
  }
  await withNewLedger(folder, config, async (ledger) => {
    const taken = await ledger.accept(facts, token.parent)
    // A chain of trust from the pinned root down to our own new key is what makes this the tree we were invited to.
    const inUse = ledger.directory.station(config.address)?.keys.find((k) => k.untilSeq === null)
    if (inUse?.publicKey !== publicKey) throw untrusted(token, JSON.stringify(taken.filter((a) => a.outcome !== 'stored' && a.outcome !== 'duplicate')))
  }, pem)
  await writeStationConfig(folder, config)
  // Last: while the key is still `.joining`, a join that was cut short anywhere may simply be run again.
  if (before && existsSync(paths.key)) await rename(paths.key, `${paths.key}.until-${new Date().toISOString().slice(0, 10)}`)
  await rename(pending, paths.key)
  print(say(`✓ ${config.name} ${config.address} 已接入 ${token.parent}，数据目录 ${folder}`, `✓ ${config.name} ${config.address} has joined ${token.parent}; its data is in ${folder}`))
  print(say(`  已固定根平台 ${token.root.name} ${token.root.address} 的公钥 ${token.root.publicKey}`, `  The public key of the root ${token.root.name} ${token.root.address} is pinned: ${token.root.publicKey}`))
  print(say(`  启动：fengsui serve --data ${options.data}`, `  Start it: fengsui serve --data ${options.data}`))
}

/** Kept from the first attempt on: if the parent's answer was lost on the way, the same key gets the same answer again. */
async function pendingKey(pending: string): Promise<string> {
  if (!existsSync(pending)) {
    await writeFile(pending, newPrivateKey(), { mode: 0o600, flag: 'wx' })
  }
  return readFile(pending, 'utf8')
}

async function present(url: string, token: string, publicKey: string) {
  const response = await fetch(`${url}/api/enrolment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify({ token: token.trim(), publicKey }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((fault: unknown) => {
    const why = String(fault instanceof Error ? fault.cause ?? fault.message : fault)
    throw new OperatorFault(`无法连接上级 ${url}：${why}`, `The parent at ${url} cannot be reached: ${why}`)
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const detail = (body as { detail?: string } | null)?.detail ?? ''
    throw new OperatorFault(`上级拒绝了入网：${detail || response.status}`, `The parent refused: ${detail || response.status}`)
  }
  const answer = enrolledSchema.safeParse(body)
  if (!answer.success) throw new OperatorFault(`${url} 的回答无法识别，请核对地址和版本`, `${url} gave an answer that cannot be read; check the address and the version`)
  return answer.data
}

function untrusted(token: EnrolmentToken, detail: string): OperatorFault {
  return new OperatorFault(`上级给出的目录不能追溯到根平台 ${token.root.address} 的公钥，已停止：${detail}`, `The directory that the parent gave does not trace back to the key of the root ${token.root.address}; stopped: ${detail}`)
}
