import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface DemoOptions {
  headless: boolean
  data: string
  basePort: number
  scenario: string | null
  speed: string
  /** Stop when the scenario has ended, with its exit code. */
  exit: boolean
  help: boolean
}

export const scenarios = ['wushi-2024']

export const usage = `npm start -- [选项 · options]

  --data DIR             数据目录 · where the stations keep their data (./data)
  --base-port N          总览页端口，五个平台依次为 N+1…N+5 · port of the wall page, stations on N+1…N+5 (7000)
  --headless             不打开浏览器 · open no browser
  --scenario NAME        演练脚本 · replay a scenario: ${scenarios.join(', ')}
  --speed X              倍速（1 为实际速度，fast 为不等待） · 1 = as it happened, 600 = ten minutes a second, fast = no waiting (fast)
  --exit                 脚本结束后停止 · stop when the scenario has ended
`

/** Throws an Error in words for what it cannot read. */
export function readOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      'headless': { type: 'boolean', default: false },
      'data': { type: 'string', default: 'data' },
      'base-port': { type: 'string', default: '7000' },
      'scenario': { type: 'string' },
      'speed': { type: 'string', default: 'fast' },
      'exit': { type: 'boolean', default: false },
      'help': { type: 'boolean', short: 'h', default: false },
    },
  })
  const basePort = Number(values['base-port'])
  if (!Number.isInteger(basePort) || basePort < 1024 || basePort > 65_530) throw new Error(`--base-port ${values['base-port']}: 需要 1024 到 65530 的整数 · must be a whole number from 1024 to 65530`)
  if (values.scenario !== undefined && !scenarios.includes(values.scenario)) throw new Error(`--scenario ${values.scenario}: 没有这个脚本 · there is no such scenario; ${scenarios.join(', ')}`)
  if (values.speed !== 'fast' && !(Number(values.speed) > 0)) throw new Error(`--speed ${values.speed}: 需要大于零的数或 fast · must be a number above zero, or fast`)
  return {
    headless: values.headless, data: resolve(values.data), basePort, scenario: values.scenario ?? null,
    speed: values.speed, exit: values.exit, help: values.help,
  }
}
