import type { Address, Sentence } from '#core/kernel/index.ts'

/** Why a link is down. The first group mends itself by dialling again; the second needs a person (SPEC ). */
export const passingCodes = ['starting', 'unreachable', 'lost', 'silent', 'cut', 'cut-by-peer', 'malformed', 'fault', 'replaced', 'stopping'] as const
export const persistentCodes = ['wrong-parent', 'revoked-key', 'unknown-station', 'incompatible-version', 'restored-backup', 'forked', 'clone'] as const
export const stopCodes = [...passingCodes, ...persistentCodes] as const
export type StopCode = (typeof stopCodes)[number]

export function isPersistent(code: StopCode): boolean {
  return persistentCodes.includes(code as (typeof persistentCodes)[number])
}

export interface Explanation {
  /** What happened, in plain words. */
  reason: Sentence
  /** What a person can do about it. */
  wayOut: Sentence
}

/** What a peer may only claim: our own signature would prove it (SPEC R-24). */
const claims: readonly StopCode[] = ['restored-backup', 'forked', 'clone']

/** The plain words for a stop; `who` is the station at fault, `peer` the one at the other end. */
export function explain(peer: Address, { code, who }: { code: StopCode; who: Address }, { saidBy, about = [] }: { saidBy?: Address; about?: readonly Address[] } = {}): Explanation {
  const { reason, wayOut } = texts[code](peer, who)
  if (about.length > 0) {
    return { reason: { zh: `${reason.zh}这批数据由 ${peer} 转来，含 ${about.join('、')} 的事实。`, en: `${reason.en} The batch came from ${peer} and held facts of ${about.join(', ')}.` }, wayOut }
  }
  if (saidBy === undefined || saidBy === who || !claims.includes(code)) return { reason, wayOut }
  return say(`${saidBy} 声称：${reason.zh}但它未出示 ${who} 签过名的证据。`, `${saidBy} claims: ${reason.en} It has shown no evidence signed by ${who}.`,
    `本平台照常工作。请与 ${saidBy} 核实；若本平台确是从旧备份恢复的，执行 fengsui doctor --recover。`, `This station goes on working. Ask ${saidBy}; if this station really was restored from an old backup, run fengsui doctor --recover.`)
}

const say = (zh: string, en: string, wayZh: string, wayEn: string): Explanation =>
  ({ reason: { zh, en }, wayOut: { zh: wayZh, en: wayEn } })

const waits = ['无需操作，系统会自动重连。', 'Nothing to do: it dials again by itself.'] as const

const texts: Record<StopCode, (peer: Address, who: Address) => Explanation> = {
  starting: (peer) => say(`正在等待与 ${peer} 建立连接。`, `Waiting for the connection with ${peer}.`, ...waits),
  unreachable: (peer) => say(`无法连接 ${peer}：网络不通或对方未开机。`, `${peer} cannot be reached: no network, or it is not running.`,
    '请检查网络和上级地址；恢复后自动重连，数据不会丢失。', 'Check the network and the address of the parent; it reconnects by itself and nothing is lost.'),
  lost: (peer) => say(`与 ${peer} 的连接中断。`, `The connection to ${peer} broke.`, ...waits),
  silent: (peer) => say(`${peer} 长时间没有回应，连接已断开。`, `${peer} has not answered for too long; the connection was closed.`, ...waits),
  cut: (peer) => say(`与 ${peer} 的通道已被本平台人为切断（演示或测试）。`, `The link to ${peer} was cut here by hand (demo or test).`,
    '在通道页面点“恢复”。', 'Press “heal” on the links page.'),
  'cut-by-peer': (peer) => say(`${peer} 人为切断了通道（演示或测试）。`, `${peer} cut the link by hand (demo or test).`,
    '等待对方恢复通道。', 'Wait until the other end heals it.'),
  malformed: (peer, who) => say(`${who} 发来无法识别的数据，连接已断开。`, `${who} sent something that is not the link protocol; the connection was closed.`,
    `若反复出现，请核对 ${peer} 的软件版本和中间网络设备。`, `If it repeats, check the software version of ${peer} and the network equipment between.`),
  fault: (_peer, who) => say(`${who} 暂时无法保存收到的数据，连接已断开。`, `${who} could not store what arrived; the connection was closed.`,
    `请检查 ${who} 的磁盘空间和日志；排除后自动重连。`, `Check the disk space and the log of ${who}; it reconnects by itself.`),
  replaced: (peer) => say(`${peer} 重新连接，旧连接已关闭。`, `${peer} connected anew; the old connection was closed.`, ...waits),
  stopping: (peer) => say(`与 ${peer} 的通道随平台关闭而断开。`, `The link to ${peer} closed because a station is shutting down.`, ...waits),
  'wrong-parent': (_peer, who) => say(`地址或密钥与登记不符：${who} 不是应连接的平台。`, `Wrong parent: ${who} is not the station that this link should lead to.`,
    '请核对上级地址；如上级重装过，请在上级重新签发入网令牌，并在本平台执行 fengsui join。', 'Check the address of the parent; if the parent was set up anew, have it issue a new token and run fengsui join here.'),
  'revoked-key': (_peer, who) => say(`${who} 的密钥已被吊销，通道已停止。`, `The key of ${who} is revoked; the link has stopped.`,
    '请与上级安全管理员核实；如仍需入网，由上级重新签发令牌后执行 fengsui join。', 'Ask the security administrator of the parent; to join again, get a new token and run fengsui join.'),
  'unknown-station': (_peer, who) => say(`目录中没有 ${who} 或其密钥，通道已拒绝。`, `${who} or the key it shows is not in the directory; the link was refused.`,
    '请核对平台地址；新平台须先由上级签发令牌并执行 fengsui join。', 'Check the address; a new station first needs a token from its parent and fengsui join.'),
  'incompatible-version': (peer) => say(`本平台与 ${peer} 没有共同的通道协议版本。`, `This station and ${peer} have no protocol version in common.`,
    '请升级版本较旧的一方；升级前数据留在队列中，不会丢失。', 'Upgrade the older of the two; until then everything waits in the queue and nothing is lost.'),
  'restored-backup': (peer, who) => say(`${who} 是从旧备份恢复的：${peer === who ? '本平台' : peer} 持有它已遗失的数据，通道已停止以防分叉。`,
    `${who} was restored from an old backup: the other end holds what it has lost. The link has stopped so that its chain does not fork.`,
    `请在 ${who} 执行 fengsui doctor --recover，由对端补回遗失数据后继续。`, `Run fengsui doctor --recover at ${who}: the peers send back what was lost, then it goes on.`),
  forked: (_peer, who) => say(`${who} 的事实链出现分叉：同一序号有两个不同的事实。`, `The chain of ${who} has forked: two different facts stand at the same place.`,
    `如 ${who} 是从备份恢复的，先在该平台执行 fengsui doctor --recover；仍分叉时，请保留其数据备查，确认哪一份为准；停用另一份，由上级为 ${who} 更换密钥后，在本通道执行“重试”（fengsui doctor --retry）。`,
    `If ${who} was restored from a backup, first run fengsui doctor --recover there; if it stays forked, keep its data as evidence and decide which copy stands; retire the other, have the parent rotate the key of ${who}, then retry this link (fengsui doctor --retry).`),
  clone: (_peer, who) => say(`有两个程序同时以 ${who} 的密钥连接，通道已停止。`, `Two processes use the key of ${who} at the same time; the link has stopped.`,
    '请只保留一个并关闭另一个（可能是复制的虚拟机或备份机）；关闭后自动重连。', 'Keep one and shut down the other (perhaps a copied virtual machine or a standby); it then reconnects by itself.'),
}
