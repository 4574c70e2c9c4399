import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import ours from '../../vitest.config.ts'

const manyCases = fileURLToPath(new URL('manyCases.ts', import.meta.url))

export default mergeConfig(ours, defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [{ name: 'many-cases', enforce: 'pre', resolveId: (source, importer) => (source === 'fast-check' && importer !== manyCases ? manyCases : null) }],
  test: { maxWorkers: 1, testTimeout: 3_600_000, hookTimeout: 600_000 },
}))
