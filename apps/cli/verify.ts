import { gapWords, openFolder, verifyFolder } from './dataFolder.ts'
import { say, saySentence } from './language.ts'

/** `fengsui verify`: recomputes every hash and signature of a data folder, offline. False when anything is bad. */
export async function verify(path: string, print: (text: string) => void): Promise<boolean> {
  const folder = await openFolder(path)
  try {
    const { checked, bad, gaps } = await verifyFolder(folder)
    for (const { fact, reason } of bad) print(`✗ ${fact}  ${reason}`)
    for (const gap of gaps) print(`! ${saySentence(gapWords(gap))}`)
    print(bad.length === 0
      ? say(`✓ 已复核 ${checked} 条事实：散列、签名和链全部无误`, `✓ ${checked} facts checked: every hash, signature and chain is right`)
      : say(`✗ 已复核 ${checked} 条事实，${bad.length} 条有问题。请保留现场，勿修改数据目录，并与上级核对`, `✗ ${checked} facts checked, ${bad.length} are bad. Leave the data folder as it is and compare with the parent station`))
    return bad.length === 0
  } finally {
    await folder.close()
  }
}
