// `npm test` on a fresh clone: installs, checks, builds the console, runs every test. Node >= 20.
import { installPackages, installSystemPackages } from './install.mjs'
import { check } from './check.mjs'
import { runNode24 } from './node24.mjs'

installPackages()
installSystemPackages()
if (!check()) process.exit(1)
const built = await runNode24(['node_modules/vite/bin/vite.js', 'build', 'apps/console', '--logLevel', 'warn'])
if (built !== 0) process.exit(built)
process.exit(await runNode24(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]))
