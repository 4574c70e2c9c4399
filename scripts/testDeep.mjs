// `npm run test:deep [PATH…]`: every random property with very many cases. By environment: FC_RUNS cases each (10000),
// FC_SECONDS at most for each (120), FC_SEED and FC_PATH as a failing run has told them. Node >= 20.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runNode24 } from './node24.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const hasProperties = (file) => file.endsWith('.test.ts') && readFileSync(root + file, 'utf8').includes("from 'fast-check'")
const files = ['core', 'modules', 'apps', 'lab'].flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`))
const asked = process.argv.slice(2)
const chosen = files.filter((file) => !file.includes('node_modules/') && hasProperties(file) && (asked.length === 0 || asked.some((part) => file.includes(part))))
if (chosen.length === 0) throw new Error(`No test file with properties matches ${asked.join(' ')}.`)
process.exit(await runNode24(['node_modules/vitest/vitest.mjs', 'run', '--config', 'lab/deep/vitest.config.ts', '--reporter', 'verbose', ...chosen]))
