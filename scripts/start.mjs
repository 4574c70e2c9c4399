// `npm start`: makes a fresh clone ready, builds the console if its sources changed, and starts the demo. Node >= 20.
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installPackages } from './install.mjs'
import { runNode24 } from './node24.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = `${root}apps/console/dist/index.html`
const webSources = /\.(tsx?|css|html|svg|json)$/

/** When the newest file that a build of the console reads was changed. */
function newestSource() {
  const folders = ['apps/console', 'core', 'modules', 'hazards'].map((folder) => `${root}${folder}`)
  const files = [`${root}package-lock.json`]
  for (const folder of folders.filter((f) => existsSync(f))) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = `${entry.parentPath ?? entry.path}/${entry.name}`
      if (entry.isFile() && webSources.test(entry.name) && !/\/(dist|server|node_modules)\//.test(path)) files.push(path)
    }
  }
  return Math.max(...files.map((file) => statSync(file).mtimeMs))
}

async function buildConsole() {
  if (existsSync(built) && statSync(built).mtimeMs >= newestSource()) return
  console.log('正在构建控制台… · building the console …')
  const code = await runNode24(['node_modules/vite/bin/vite.js', 'build', 'apps/console', '--logLevel', 'warn'])
  if (code !== 0) process.exit(code)
  utimesSync(built, new Date(), new Date())
}

const args = process.argv.slice(2)
installPackages()
if (!args.includes('--help') && !args.includes('-h')) await buildConsole()
process.exit(await runNode24(['apps/demo/main.ts', ...args]))
