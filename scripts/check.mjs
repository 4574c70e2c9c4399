// Everything static: four type checks, lint, import boundaries. `npm run check` = what CI runs before the tests.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installPackages } from './install.mjs'
import { node24 } from './node24.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => `node_modules/.bin/${name}`
// TypeScript 7 checks; TypeScript 6 is beside it only because dependency-cruiser reads sources through its JavaScript API.
const tsc = 'node_modules/typescript-7/bin/tsc'

const folders = ['core', 'modules', 'apps', 'lab']

/** Without a TypeScript compiler it can use, dependency-cruiser passes having read next to nothing. */
const readTypeScript = (output) => Number(/\((\d+) modules/.exec(output)?.[1] ?? 0) > 100

/** @type {[name: string, command: string | (() => string), args: string[], isPlausible?: (output: string) => boolean][]} */
const steps = [
  ['types: anywhere', tsc, ['-p', 'tsconfig.anywhere.json']],
  ['types: server', tsc, ['-p', 'tsconfig.server.json']],
  ['types: web', tsc, ['-p', 'tsconfig.web.json']],
  ['types: e2e', tsc, ['-p', 'tsconfig.e2e.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '--quiet', ...folders, 'scripts']],
  ['boundaries', node24, ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...folders], readTypeScript],
]

/** @returns {boolean} whether every step passed; prints each step's name and, on failure, its output. */
export function check() {
  let ok = true
  for (const [name, command, args, isPlausible] of steps) {
    const started = Date.now()
    const result = spawnSync(typeof command === 'function' ? command() : command, args, { cwd: root, encoding: 'utf8' })
    const passed = result.status === 0 && (isPlausible?.(result.stdout) ?? true)
    ok &&= passed
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
    if (!passed) console.log(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`)
  }
  return ok
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installPackages()
  process.exit(check() ? 0 : 1)
}
