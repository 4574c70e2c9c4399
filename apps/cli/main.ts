import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { backup, restore } from './backup.ts'
import { doctor, mendClock, recover, retry } from './doctor.ts'
import { mend } from './mend.ts'
import { init } from './init.ts'
import { join } from './join.ts'
import { language, OperatorFault, say } from './language.ts'
import { links } from './links.ts'
import { serve } from './serve.ts'
import { trace } from './trace.ts'
import { addUser, listUsers, resetPassword, setUserState } from './user.ts'
import { verify } from './verify.ts'

// Exit codes: 0 done; 1 the operator can put it right, or something was found to be wrong; 2 wrong usage; 130 cancelled.

const print = (text: string) => { process.stdout.write(`${text}\n`) }
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
const dataOption = ['-d, --data <dir>', say('平台的数据目录', 'the station’s data folder'), process.env.FENGSUI_DATA ?? 'data'] as const

function port(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0 || number > 65535) throw new InvalidArgumentError(say('应为 0 到 65535 的整数', 'must be a whole number from 0 to 65535'))
  return number
}

function mode(text: string): 'production' | 'demo' | 'test' {
  if (text === 'production' || text === 'demo' || text === 'test') return text
  throw new InvalidArgumentError(say('应为 production、demo 或 test', 'must be production, demo or test'))
}

/** A check that found something wrong ends with 1; its words are printed already. */
async function passed(found: Promise<boolean>): Promise<void> {
  if (!(await found)) process.exitCode = 1
}

const program = new Command('fengsui')
  .description(say('烽燧平台的运维工具', 'The operator’s tool of Fengsui'))
  .version(version, '-V, --version', say('显示版本', 'show the version'))
  .helpOption('-h, --help', say('显示帮助', 'show help'))
  .helpCommand('help [command]', say('显示某个命令的帮助', 'show help for a command'))
  .showHelpAfterError(say('（加 --help 查看用法）', '(add --help for usage)'))
  .exitOverride()

if (language === 'zh') {
  const titles: Record<string, string> = { 'Usage:': '用法：', 'Options:': '选项：', 'Commands:': '命令：', 'Arguments:': '参数：', 'Global Options:': '全局选项：' }
  program.configureHelp({ styleTitle: (title) => titles[title] ?? title })
}

program.command('init')
  .description(say('建立一个根平台（新的平台树）', 'make a root station, the top of a new tree'))
  .option(...dataOption)
  .requiredOption('-a, --address <address>', say('平台地址，例如 65', 'the station’s address, such as 65'))
  .requiredOption('-n, --name <name>', say('平台名称', 'the station’s name'))
  .option('-m, --mode <mode>', say('production、demo 或 test', 'production, demo or test'), mode, 'production')
  .option('--host <host>', say('监听地址', 'address to listen on'), '127.0.0.1')
  .option('-p, --port <port>', say('监听端口', 'port to listen on'), port, 7000)
  .action((options) => init(options, print))

program.command('join')
  .description(say('用上级签发的一次性令牌入网，或为已有平台换钥', 'join a parent with its one-time token, or replace a station’s key'))
  .argument('<token>', say('入网令牌（fengsui1.…）', 'the enrolment token (fengsui1.…)'))
  .option(...dataOption)
  .option('-m, --mode <mode>', say('production、demo 或 test', 'production, demo or test'), mode, 'production')
  .option('--host <host>', say('监听地址', 'address to listen on'), '127.0.0.1')
  .option('-p, --port <port>', say('监听端口', 'port to listen on'), port, 7000)
  .option('--parent <url>', say('上级的地址，与令牌中不同时使用', 'where the parent answers, if not as written in the token'))
  .action((token: string, options) => join(token, options, print))

program.command('serve')
  .description(say('运行平台', 'run the station'))
  .option(...dataOption)
  .option('--host <host>', say('监听地址', 'address to listen on'))
  .option('-p, --port <port>', say('监听端口', 'port to listen on'))
  .action(async (options) => { process.exitCode = await serve(options.data, options) })

program.command('links')
  .description(say('查看各通道的状态、积压和原因', 'show each link’s state, queue and reason'))
  .option(...dataOption)
  .action((options) => links(options.data, print))

program.command('trace')
  .description(say('追溯一条事实：谁、何时、签名，以及同一主题的全部经过', 'trace a fact: who, when, the signature, and the whole history of its subject'))
  .argument('<fact>', say('事实编号，或其前 6 位以上', 'the fact’s id, or at least its first 6 digits'))
  .option(...dataOption)
  .action((fact: string, options) => passed(trace(options.data, fact, print)))

program.command('verify')
  .description(say('离线复核每一条事实的散列、签名和链', 'check the hash, signature and chain of every fact, offline'))
  .option(...dataOption)
  .option('--files', say('同时复核每个附件的内容', 'the content of every file too'))
  .action((options) => passed(verify(options.data, print, options)))

program.command('backup')
  .description(say('备份平台（平台可以正在运行）；备份中有私钥', 'copy a station, which may be running; the copy holds its private key'))
  .argument('<dir>', say('新的备份目录', 'a new folder for the copy'))
  .option(...dataOption)
  .action(async (to: string, options) => { await backup(options.data, to, print) })

program.command('restore')
  .description(say('核对备份并恢复到空目录', 'check a backup and restore it into an empty folder'))
  .argument('<dir>', say('备份目录', 'the backup'))
  .option(...dataOption)
  .action((from: string, options) => restore(from, options.data, print))

program.command('doctor')
  .description(say('检查平台，指出问题和解决办法', 'examine a station and say the way out of each fault'))
  .option(...dataOption)
  .option('--recover', say('从旧备份恢复后，请对端补回遗失的数据', 'after restoring a backup: fetch back what was lost'))
  .option('--retry', say('重试因故停止的通道', 'try stopped links again'))
  .option('--mend', say('停机后重建数据库索引', 'with the station stopped: make the indexes of its database anew'))
  .option('--mend-clock', say('时钟校准后，修正时钟超前时写下的事实', 'after the clock was set right: mend the facts of the wrong clock'))
  .action(async (options) => {
    if (options.recover) await recover(options.data, print)
    else if (options.retry) await retry(options.data, print)
    else if (options.mend) await mend(options.data, print)
    else if (options.mendClock) await mendClock(options.data, print)
    else await passed(doctor(options.data, print))
  })

const user = program.command('user').description(say('管理本平台账号', 'tend the station’s accounts'))
user.command('list').description(say('列出账号', 'list accounts'))
  .option(...dataOption)
  .action((options) => listUsers(options.data, print))
user.command('add').description(say('建立账号，显示一次性初始密码', 'make an account with a password shown once'))
  .argument('<account>', say('账号', 'account'))
  .option(...dataOption)
  .requiredOption('-n, --name <name>', say('姓名', 'the person’s name'))
  .requiredOption('-r, --role <role...>', say('角色，例如 duty leader', 'roles, such as duty leader'))
  .action((account: string, options) => addUser(options.data, account, options.name, options.role, print))
user.command('password').description(say('重设密码', 'give a new password'))
  .argument('<account>', say('账号', 'account'))
  .option(...dataOption)
  .action((account: string, options) => resetPassword(options.data, account, print))
user.command('disable').description(say('停用账号', 'disable an account'))
  .argument('<account>', say('账号', 'account'))
  .option(...dataOption)
  .action((account: string, options) => setUserState(options.data, account, 'disabled', print))
user.command('enable').description(say('启用账号', 'enable an account'))
  .argument('<account>', say('账号', 'account'))
  .option(...dataOption)
  .action((account: string, options) => setUserState(options.data, account, 'active', print))

// Loaded when asked for: what they need takes a while to load.
const importOptions = (command: Command) => command
  .option(...dataOption)
  .option('--layer <name>', say('文件中有多个图层时指明一个', 'which layer of a file that has several'))
  .option('--crs <crs>', say('文件的实际坐标系：4490、4326、3857、gcj02 或 4491–4554', 'what the coordinates really are: 4490, 4326, 3857, gcj02 or 4491–4554'))
  .option('--encoding <name>', say('文字编码，例如 gbk', 'encoding of the text, such as gbk'))
  .option('--strict', say('有一处问题就整个拒绝', 'refuse the whole file for one fault'))
  .option('--json', say('以 JSON 输出', 'answer in JSON'))

const layer = program.command('layer').description(say('管理地图上导入的图层', 'tend the map’s imported layers'))
importOptions(layer.command('import').description(say('导入图层（GeoJSON、GeoPackage、Shapefile、CSV；其他格式须装 GDAL）', 'import a layer: GeoJSON, GeoPackage, Shapefile, CSV; others through GDAL'))
  .argument('<file>', say('文件', 'the file')))
  .option('-i, --id <id>', say('图层编号；同号则替换', 'the layer’s id; one of the same id is replaced'))
  .option('-n, --name <name>', say('图层名称', 'the layer’s name'))
  .action(async (file: string, options) => (await import('./layer.ts')).layerImport(options.data, file, options, print))
layer.command('list').description(say('列出图层', 'list layers'))
  .option(...dataOption)
  .option('--json', say('以 JSON 输出', 'answer in JSON'))
  .action(async (options) => (await import('./layer.ts')).layerList(options.data, Boolean(options.json), print))
layer.command('report').description(say('查看图层的导入报告', 'show the report of a layer’s import'))
  .argument('<id>', say('图层编号', 'the layer’s id'))
  .option(...dataOption)
  .option('--json', say('以 JSON 输出', 'answer in JSON'))
  .action(async (id: string, options) => (await import('./layer.ts')).layerReport(options.data, id, Boolean(options.json), print))
layer.command('remove').description(say('删除图层', 'remove a layer'))
  .argument('<id>', say('图层编号', 'the layer’s id'))
  .option(...dataOption)
  .action(async (id: string, options) => (await import('./layer.ts')).layerRemove(options.data, id, print))

const basemap = program.command('basemap').description(say('管理底图', 'tend the base map'))
importOptions(basemap.command('import').description(say('导入底图：PMTiles、MBTiles 瓦片，或用 --as 导入境界、地名、水系、陆地', 'import a base map: PMTiles or MBTiles, or with --as its boundaries, places, water or land'))
  .argument('<file>', say('文件', 'the file')))
  .option('--as <part>', 'boundary | place | water | land')
  .option('-n, --name <name>', say('图层名称', 'the layer’s name'))
  .action(async (file: string, options) => (await import('./basemap.ts')).basemapImport(options.data, file, options, print))
basemap.command('status').description(say('查看当前底图', 'show what the base map is'))
  .option(...dataOption)
  .option('--json', say('以 JSON 输出', 'answer in JSON'))
  .action(async (options) => (await import('./basemap.ts')).basemapStatus(options.data, Boolean(options.json), print))
basemap.command('remove').description(say('恢复自带的底图', 'go back to the base map that comes with the program'))
  .option('--as <part>', 'tiles | boundary | place | water | land')
  .option(...dataOption)
  .action(async (options) => (await import('./basemap.ts')).basemapRemove(options.data, options.as, print))

try {
  await program.parseAsync()
} catch (fault) {
  if (fault instanceof CommanderError) process.exitCode = fault.exitCode === 0 ? 0 : 2
  else {
    // The operator's own faults have words enough; ours come with their origin.
    const ours = !(fault instanceof OperatorFault) && process.env.FENGSUI_DEBUG
    process.stderr.write(`fengsui: ${fault instanceof Error ? (ours ? fault.stack : fault.message) : String(fault)}\n`)
    // As shells say it of Ctrl-C.
    process.exitCode = fault instanceof OperatorFault && fault.name === 'Cancelled' ? 130 : 1
  }
}
