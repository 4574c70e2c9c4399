import { resolve } from 'node:path'
import { isAddress, type StationKind } from '#core/kernel/index.ts'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { found } from '#modules/directory/directory.rules.ts'
import { writeStationConfig, writeStationKey, type StationConfig } from '#apps/station/config.ts'
import { alone, requireEmpty } from './dataFolder.ts'
import { requireOwnDatabase, withNewLedger } from './firstFacts.ts'
import { OperatorFault, say } from './language.ts'

export interface InitOptions {
  data: string
  address: string
  name: string
  mode: StationConfig['mode']
  host: string
  port: number
  kind?: StationKind
}

/** `fengsui init`: a station that founds a tree of its own. Its key is the root of trust for every station below. */
export async function init(options: InitOptions, print: (text: string) => void): Promise<void> {
  const { address, name, mode, host, port, kind = 'government' } = options
  if (!isAddress(address)) throw new OperatorFault(`${address} 不是平台地址，例如 65`, `${address} is not a station address, such as 65`)
  const folder = resolve(options.data)
  await requireEmpty(folder)
  const pem = newPrivateKey()
  const root = { address, name, publicKey: nodeSigner(pem).publicKey }
  await requireOwnDatabase(folder, { address, root }, true)
  await writeStationKey(folder, pem)
  const config: StationConfig = { address, name, kind, mode, host, port, parent: null, root, uploadLimitMiB: 512 }
  await writeStationConfig(folder, config)
  await alone(folder, config, () => withNewLedger(folder, config, (ledger) => ledger.write({ id: 'setup', name: '初始化' }, (w) => w.append(found(root, kind)))))
  print(say(`✓ 已建立根平台 ${name} ${address}，数据目录 ${folder}`, `✓ Root station ${name} ${address} made in ${folder}`))
  print(say(`  根公钥 ${root.publicKey}（下级平台入网时会固定此公钥）`, `  Root public key ${root.publicKey} (stations below pin it when they join)`))
  if (mode === 'production') {
    print(say(`  启动后会显示一次性设置链接，用它建立第一位安全管理员：fengsui serve --data ${options.data}`, `  Start it, and it shows a one-time set-up link for the first security administrator: fengsui serve --data ${options.data}`))
  } else {
    print(say(`  启动：fengsui serve --data ${options.data}`, `  Start it: fengsui serve --data ${options.data}`))
  }
}
