import { stat, statfs } from 'node:fs/promises'
import { statement } from '#core/sql/server/statement.ts'
import { maxOwnAheadMs } from '#core/ledger/index.ts'
import { factStore } from '#core/ledger/server/factStore.ts'
import { missingOnDisk } from '#core/files/server/folderFiles.ts'
import { linkStore } from '#core/replicate/server/linkStore.ts'
import { nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { protectStationKey, readStationKey, stationPaths } from '#apps/station/config.ts'
import { alone, gapWords, openFolder, verifyFolder, type DataFolder } from './dataFolder.ts'
import { areOnlyOfIndexes, fileFaults } from './mend.ts'
import { links as showLinks, storedLinks, words, type LinkItem } from './links.ts'
import { OperatorFault, say } from './language.ts'
import { healthAt, runningStation, urlOf, type RunningStation } from './runningStation.ts'

type Grade = 'good' | 'warning' | 'bad'
interface Finding { grade: Grade; words: string }

const marks: Record<Grade, string> = { good: '✓', warning: '!', bad: '✗' }
const leastFreeBytes = 2 * 1024 ** 3
const shownFiles = 20
const clockToleranceMs = 60_000

const good = (zh: string, en: string): Finding => ({ grade: 'good', words: say(zh, en) })
const warning = (zh: string, en: string): Finding => ({ grade: 'warning', words: say(zh, en) })
const bad = (zh: string, en: string): Finding => ({ grade: 'bad', words: say(zh, en) })

/** `fengsui doctor`: what is right and wrong with a station and the way out of each fault. False when anything is bad. */
export async function doctor(data: string, print: (text: string) => void): Promise<boolean> {
  const findings: Finding[] = []
  const tell = (found: Finding | Finding[]) => {
    for (const finding of [found].flat()) {
      findings.push(finding)
      print(`${marks[finding.grade]} ${finding.words}`)
    }
  }
  tell(nodeVersion())
  const folder = await openFolder(data).catch((fault: unknown) => {
    // So damaged that it cannot even be opened.
    if (!/malformed|not a database/.test(messageOf(fault))) throw fault
    tell(damaged(messageOf(fault)))
    return null
  })
  if (!folder) return false
  try {
    const { name, address, mode } = folder.config
    tell(good(`配置：${name} ${address}（${mode}）`, `Configuration: ${name} ${address} (${mode})`))
    tell(await keyCheck(folder))
    tell(await diskCheck(folder))
    tell(await databaseCheck(folder))
    tell(await ledgerCheck(folder))
    tell(await filesCheck(folder))
    tell(await clockCheck(folder))
    tell(await standingCheck(folder))
    tell(await stationCheck(folder))
    return findings.every((f) => f.grade !== 'bad')
  } finally {
    await folder.close()
  }
}

/** `fengsui doctor --recover`: after a restored backup, asks every peer to send back what was lost. */
export async function recover(data: string, print: (text: string) => void): Promise<void> {
  const folder = await openFolder(data)
  try {
    const station = await runningStation(folder.config)
    if (station) await station.post('/api/links/recover')
    else await alone(folder.path, folder.config, () => folder.database.write((tx) => linkStore(folder.database.dialect).askRecovery(tx)))
    print(station
      ? say('✓ 已请各对端补回备份之后的数据；补齐之前本平台不能新增业务', '✓ Every peer is asked to send back what was stated after the backup; until then nothing new can be stated here')
      : say('✓ 已记下，下次启动时请各对端补回备份之后的数据', '✓ Noted: at its next start the station asks every peer for what was stated after the backup'))
  } finally {
    await folder.close()
  }
}

/** `fengsui doctor --retry`: tries stopped links again once their cause is put right. */
export async function retry(data: string, print: (text: string) => void): Promise<void> {
  const folder = await openFolder(data)
  let station: RunningStation | undefined
  try {
    station = await runningStation(folder.config)
    if (!station) throw new OperatorFault('平台没有运行；启动时会自动重试', 'The station does not run; it tries again by itself when started')
    const { items } = await station.get<{ items: LinkItem[] }>('/api/links')
    for (const link of items.filter((l) => l.state === 'offline')) await station.post(`/api/links/${encodeURIComponent(link.peer)}/retry`)
  } finally {
    await folder.close()
  }
  await showLinks(data, print)
}

function nodeVersion(): Finding {
  return Number(process.versions.node.split('.')[0]) >= 24 ? good(`Node ${process.versions.node}`, `Node ${process.versions.node}`) : bad(`Node ${process.versions.node} 过旧，需要 24`, `Node ${process.versions.node} is too old; 24 is needed`)
}

async function keyCheck({ path }: DataFolder): Promise<Finding> {
  const { key } = stationPaths(path)
  const found = await stat(key).catch(() => null)
  if (!found) return bad(`没有私钥 ${key}；从备份恢复，或请上级签发换钥令牌后运行 fengsui join`, `There is no private key ${key}; restore it from a backup, or get a re-key token from the parent and run fengsui join`)
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    await protectStationKey(path)
    return warning('私钥曾对其他账户可读，已收紧为 0600；如有他人可能读过，请更换密钥', 'The private key was readable by other accounts and is now 0600; if anyone may have read it, rotate it')
  }
  return good('私钥：仅本账户可读', 'Private key: readable by its owner only')
}

function ownKeyCheck(pem: string | null, current: string | undefined): Finding {
  if (pem === null) return bad('无法读取私钥，未能与目录核对', 'The private key cannot be read, so it was not compared with the directory')
  if (current === undefined) return bad('目录中本平台没有有效密钥（已被吊销或未入网）；请联系上级重新签发令牌后运行 fengsui join', 'The directory holds no valid key of this station (revoked, or not enrolled); get a token from the parent and run fengsui join')
  return nodeSigner(pem).publicKey === current
    ? good('密钥：与目录登记一致', 'Key: the one in the directory')
    : bad('私钥与目录登记不一致；从备份恢复正确的私钥，或请上级签发换钥令牌后运行 fengsui join', 'The private key is not the one in the directory; restore the right one, or get a re-key token from the parent and run fengsui join')
}

async function ledgerCheck(folder: DataFolder): Promise<Finding[]> {
  const pem = await readStationKey(folder.path).catch(() => null)
  try {
    const { checked, bad: faults, gaps, directory } = await verifyFolder(folder)
    const ledger = faults.length === 0
      ? good(`账本：${checked} 条事实的散列、签名和链全部无误`, `Ledger: hash, signature and chain of ${checked} facts are right`)
      : bad(`账本：${checked} 条事实中 ${faults.length} 条有问题，用 fengsui verify 查看。数据目录先另存一份；运行 fengsui doctor --recover，由对端补回它们持有的`, `Ledger: ${faults.length} of ${checked} facts are bad; see fengsui verify. Keep a copy of the data folder; fengsui doctor --recover brings back those that the neighbours hold`)
    return [ledger, ...gaps.map((gap) => warning(gapWords(gap).zh, gapWords(gap).en)), ownKeyCheck(pem, directory.station(folder.config.address)?.keys.find((k) => k.untilSeq === null)?.publicKey)]
  } catch (fault) {
    return [bad(`账本无法读取：${messageOf(fault)}`, `The ledger cannot be read: ${messageOf(fault)}`)]
  }
}

async function diskCheck({ path }: DataFolder): Promise<Finding> {
  const { bavail, bsize } = await statfs(path)
  const gib = ((bavail * bsize) / 1024 ** 3).toFixed(1)
  return bavail * bsize < leastFreeBytes
    ? bad(`磁盘：仅余 ${gib} GiB，请清理或扩容`, `Disk: only ${gib} GiB left; free some or add more`)
    : good(`磁盘：余 ${gib} GiB`, `Disk: ${gib} GiB free`)
}

async function databaseCheck({ database }: DataFolder): Promise<Finding> {
  if (database.dialect === 'postgres') {
    await statement(database.read, 'select 1', [], 'postgres')
    return good('数据库：PostgreSQL 有应答', 'Database: PostgreSQL answers')
  }
  const faults = await fileFaults(database).catch((fault: unknown) => [messageOf(fault)])
  if (faults.length === 0) return good('数据库：完整', 'Database: sound')
  return await areOnlyOfIndexes(database, faults).catch(() => false)
    ? bad(`数据库的索引损坏：${faults[0]}；数据没有受损：停止平台，运行 fengsui doctor --mend 重建索引`, `Indexes of the database are damaged: ${faults[0]}; its data is not: stop the station and run fengsui doctor --mend`)
    : damaged(faults[0]!)
}

function damaged(why: string): Finding {
  return bad(`数据库损坏：${why}；停机，保留此目录，从备份恢复`, `The database is damaged: ${why}; stop the station, keep this folder, restore a backup`)
}

/** Named here; the running station asks for them again by itself. */
async function filesCheck({ path, database }: DataFolder): Promise<Finding> {
  const missing = await missingOnDisk(stationPaths(path).files, database).catch(() => [])
  if (missing.length === 0) return good('附件：磁盘上齐全', 'Files: all on the disk in their full size')
  const names = `${missing.slice(0, shownFiles).join(' ')}${missing.length > shownFiles ? ' …' : ''}`
  return bad(`附件：${missing.length} 个在磁盘上缺失或不完整；平台运行时会向其他平台取回，也可重新上传同一文件。${names}`,
    `Files: ${missing.length} are missing or cut short on the disk; a running station fetches them again from others, or upload the same files again. ${names}`)
}

/** Compares our clock with the `Date` header of the parent's answer. */
async function clockCheck({ config }: DataFolder): Promise<Finding> {
  if (!config.parent) return good('时钟：根平台，无上级可比', 'Clock: a root, there is no parent to compare with')
  const asked = Date.now()
  const date = await fetch(`${config.parent.url}/api/health`, { signal: AbortSignal.timeout(10_000) }).then((answer) => answer.headers.get('date'), () => null)
  if (date === null) return warning(`时钟：上级 ${config.parent.url} 没有应答，未能比对`, `Clock: the parent ${config.parent.url} does not answer, so it was not compared`)
  const ahead = Math.round(((asked + Date.now()) / 2 - Date.parse(date)) / 1000)
  const apart = say(`${Math.abs(ahead)} 秒，比上级${ahead > 0 ? '快' : '慢'}`, `${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} the parent`)
  return Math.abs(ahead) * 1000 > clockToleranceMs
    ? bad(`时钟：相差 ${apart}；请核对哪一方不准并校准，快 5 分钟以上时上级会扣留本平台的事实`, `Clock: ${apart}; see which is wrong and set it right, a station more than 5 minutes ahead has its facts held back`)
    : good(`时钟：与上级相差 ${Math.abs(ahead)} 秒`, `Clock: within ${Math.abs(ahead)} s of the parent`)
}

/** Whether its own chain lets the station state anything, and the records that a fact has frozen. */
async function standingCheck({ database, config }: DataFolder): Promise<Finding[]> {
  const store = factStore(database.dialect)
  const ahead = ((await store.head(database.read, config.address))?.at[0] ?? 0) - Date.now()
  const minutes = Math.ceil(ahead / 60_000)
  const clock = ahead > maxOwnAheadMs
    ? bad(`本平台已写下的时间比本机时钟超前 ${minutes} 分钟，现在不能上报：先校准时钟，再运行 fengsui doctor --mend-clock`,
      `What this station stated lies ${minutes} minutes ahead of its clock, so it states nothing now: set the clock, then run fengsui doctor --mend-clock`)
    : good('事实时间：与本机时钟相符', 'Times of facts: in step with this clock')
  const faults = await store.faults(database.read)
  return [clock, ...faults.map((fault) => bad(
    `记录 ${fault.subject} ${fault.stage === 'reaction' ? '的自动应答失败' : '已冻结'}：${fault.station} 的事实 ${fault.fact.slice(0, 16)}（来自 ${fault.from_peer ?? '本平台'}）：${fault.reason.slice(0, 200)}；升级后自动重试，或在“审计 → 冻结”重试`,
    `${fault.subject} ${fault.stage === 'reaction' ? 'was not answered by itself' : 'is frozen'}: fact ${fault.fact.slice(0, 16)} of ${fault.station} (from ${fault.from_peer ?? 'here'}): ${fault.reason.slice(0, 200)}; the next version tries again, so does Audit → Frozen`,
  ))]
}

/** `fengsui doctor --mend-clock`: takes the running station's facts of a wrong clock back into the present. */
export async function mendClock(data: string, print: (text: string) => void): Promise<void> {
  const folder = await openFolder(data)
  try {
    const station = await runningStation(folder.config)
    if (!station) throw new OperatorFault('平台没有运行；请先启动，再修正时钟', 'The station does not run; start it, then mend the clock')
    await station.post('/api/clock/mend', { sure: true })
    print(say('✓ 时钟已修正，可以正常上报', '✓ The clock is mended; reporting works again'))
  } finally {
    await folder.close()
  }
}

/** The running station's links, or how they were left. */
async function stationCheck(folder: DataFolder): Promise<Finding[]> {
  const url = urlOf(folder.config)
  const health = await healthAt(url)
  let items: LinkItem[]
  const findings: Finding[] = []
  if (health) {
    findings.push(good(`平台：运行于 ${url}，版本 ${health.version}`, `Station: runs at ${url}, version ${health.version}`))
    try {
      const station = await runningStation(folder.config)
      items = station ? (await station.get<{ items: LinkItem[] }>('/api/links')).items : []
    } catch (fault) {
      return [...findings, warning(`通道：未能登录查看（${messageOf(fault)}）`, `Links: could not sign in to see them (${messageOf(fault)})`)]
    }
  } else {
    findings.push(warning(`平台：没有运行（${url} 无应答）`, `Station: does not run (${url} does not answer)`))
    items = await storedLinks(folder).catch(() => [])
  }
  for (const link of items) {
    const reason = [link.reason, link.wayOut].map(words).filter(Boolean).join(' ')
    if (link.state === 'online') findings.push(good(`通道 ${link.peer}：通，待发 ${link.queued}`, `Link ${link.peer}: online, ${link.queued} queued`))
    else if (health || reason) findings.push(link.direction === 'up' ? bad(`通道 ${link.peer}：断，待发 ${link.queued}。${reason}`, `Link ${link.peer}: offline, ${link.queued} queued. ${reason}`) : warning(`通道 ${link.peer}：断，待发 ${link.queued}。${reason}`, `Link ${link.peer}: offline, ${link.queued} queued. ${reason}`))
  }
  return findings
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
