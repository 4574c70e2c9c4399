import { missingOnDisk, setDamagedAside } from '#core/files/server/folderFiles.ts'
import { stationPaths } from '#apps/station/config.ts'
import { gapWords, openFolder, verifyFolder, type DataFolder } from './dataFolder.ts'
import { say, saySentence } from './language.ts'

/** `fengsui verify`: recomputes every hash and signature of a data folder, offline, and with `files` those of its files. False when anything is bad. */
export async function verify(path: string, print: (text: string) => void, { files = false } = {}): Promise<boolean> {
  const folder = await openFolder(path)
  try {
    const { checked, bad, gaps } = await verifyFolder(folder)
    for (const { fact, reason } of bad) print(`✗ ${fact}  ${reason}`)
    for (const gap of gaps) print(`! ${saySentence(gapWords(gap))}`)
    print(bad.length === 0
      ? say(`✓ 已复核 ${checked} 条事实：散列、签名和链全部无误`, `✓ ${checked} facts checked: every hash, signature and chain is right`)
      : say(`✗ 已复核 ${checked} 条事实，${bad.length} 条有问题。数据目录先另存一份；运行 fengsui doctor --recover，由对端补回它们持有的`, `✗ ${checked} facts checked, ${bad.length} are bad. Keep a copy of the data folder; fengsui doctor --recover brings back those that the neighbours hold`))
    const areFilesRight = !files || await verifyFiles(folder, print)
    return bad.length === 0 && areFilesRight
  } finally {
    await folder.close()
  }
}

async function verifyFiles({ path, database }: DataFolder, print: (text: string) => void): Promise<boolean> {
  const { files } = stationPaths(path)
  const { checked, damaged } = await setDamagedAside(files, database)
  const missing = await missingOnDisk(files, database)
  for (const sha256 of missing) print(`✗ ${sha256}  ${damaged.includes(sha256) ? say('文件内容已被改变，已移开', 'the file has been altered; it was set aside') : say('文件缺失或不完整', 'the file is missing or cut short')}`)
  print(missing.length === 0
    ? say(`✓ 已复核 ${checked} 个文件：内容全部无误`, `✓ ${checked} files checked: every one is what its name says`)
    : say(`✗ 已复核 ${checked} 个文件，${missing.length} 个有问题；平台运行时会向其他平台取回，也可重新上传同一文件`, `✗ ${checked} files checked, ${missing.length} are bad; a running station fetches them again from others, or upload the same files again`))
  return missing.length === 0
}
