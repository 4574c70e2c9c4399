#!/usr/bin/env node
// `fengsui`, the operator's tool. Starts on Node >= 20 and runs itself with Node 24.
import { fileURLToPath } from 'node:url'
import { runNode24 } from '../../scripts/node24.mjs'

try {
  process.exit(await runNode24([fileURLToPath(new URL('main.ts', import.meta.url)), ...process.argv.slice(2)], { cwd: process.cwd() }))
} catch (fault) {
  console.error(fault.message)
  process.exit(1)
}
