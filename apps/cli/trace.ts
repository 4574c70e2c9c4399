import { compareFacts, keyFor } from '#core/ledger/index.ts'
import { factStore } from '#core/ledger/server/factStore.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { statement } from '#core/sql/server/statement.ts'
import { directoryFromFacts, openFolder, signedBy } from './dataFolder.ts'
import { beijing, OperatorFault, say, table } from './language.ts'

/** `fengsui trace`: one fact, who signed it, and the whole history of what it is about. False when its signature is bad. */
export async function trace(path: string, wanted: string, print: (text: string) => void): Promise<boolean> {
  if (!/^[0-9a-f]{6,64}$/.test(wanted)) throw new OperatorFault('请给出事实编号（SHA-256）的前 6 到 64 位', 'Give the first 6 to 64 digits of the fact’s id (SHA-256)')
  const folder = await openFolder(path)
  try {
    const { database } = folder
    const ids = await statement<{ id: string }>(database.read, 'select id from facts where id >= ? and id <= ? order by id limit 2', [wanted, `${wanted}~`], database.dialect)
    if (ids.length > 1) throw new OperatorFault(`有多条事实以 ${wanted} 开头，请多给几位`, `Several facts begin with ${wanted}; give more digits`)
    const store = factStore(database.dialect)
    const fact = ids[0] && (await store.byId(database.read, ids[0].id))
    if (!fact) throw new OperatorFault(`本平台没有事实 ${wanted}`, `This station does not hold a fact ${wanted}`)
    const directory = await directoryFromFacts(folder)
    const card = directory.station(fact.station)
    const key = card && keyFor(card, fact.seq)
    const sound = nodeCrypto.sha256(fact.text) === fact.id && key !== undefined && (await nodeCrypto.verify(fact.text, fact.sig, key.publicKey))
    print(table([
      [say('编号', 'id'), fact.id],
      [say('类型', 'type'), fact.type],
      [say('主题', 'subject'), fact.subject],
      [say('单位', 'station'), `${fact.station} №${fact.seq}`],
      [say('经办', 'actor'), `${fact.actor.name} (${fact.actor.id})`],
      [say('时间', 'time'), `${beijing(fact.at[0])} ${say('北京时间', 'Beijing time')}`],
      [say('到达', 'arrived'), fact.from === null ? say('本平台陈述', 'stated here') : `${beijing(fact.receivedAt)} ← ${fact.from}`],
      [say('状态', 'status'), fact.status + (fact.reason ? ` (${fact.reason})` : '')],
      [say('签名', 'signature'), sound ? `✓ ${signedBy(directory, fact)}` : `✗ ${say('无效', 'not valid')}`],
    ]))
    print(`\n${JSON.stringify(fact.body, null, 2)}\n`)
    print(say(`${fact.subject} 的全部经过：`, `The whole history of ${fact.subject}:`))
    const history = (await store.ofSubject(database.read, fact.subject)).sort(compareFacts)
    print(table(history.map((f) => [f.id === fact.id ? '▶' : ' ', beijing(f.at[0]), f.station, f.type, f.actor.name, f.id.slice(0, 12), f.status === 'admitted' ? '' : `${f.status} ${f.reason ?? ''}`])))
    return sound
  } finally {
    await folder.close()
  }
}
