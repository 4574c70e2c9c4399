// Holds boundaries.mjs: who may import whom, what runs where, no rings. Our own sixty lines, because dependency-cruiser
// reads TypeScript only through a compiler API that TypeScript 7 does not have, and then passes having read nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { core, modules } from '../boundaries.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const tops = ['core', 'hazards', 'modules', 'apps', 'lab']
const importPattern = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

/**
 * Every rule that one import of ours may break. `from` and `to` are paths from the root with `/`.
 * @type {[says: string, breaks: (from: string, to: string) => boolean][]}
 */
const rules = [
  ['does not resolve', (_from, to) => !existsSync(join(root, to))],
  ['core imports only core folders above it in boundaries.mjs', (from, to) => at(from, 0) === 'core' && (at(to, 0) !== 'core' || core.indexOf(at(to, 1)) > core.indexOf(at(from, 1)) || !core.includes(at(to, 1)))],
  ['hazards import only core/kernel and core/geo', (from, to) => at(from, 0) === 'hazards' && at(to, 0) !== 'hazards' && !/^core\/(kernel|geo)\//.test(to)],
  ['this module is not declared in boundaries.mjs', (from) => at(from, 0) === 'modules' && !(at(from, 1) in modules)],
  ['a module imports only its own files, core, hazards, and index.ts of the modules declared for it', (from, to) =>
    at(from, 0) === 'modules' && !(at(to, 0) === 'core' || at(to, 0) === 'hazards' || (at(to, 0) === 'modules' && at(to, 1) === at(from, 1))
      || (modules[at(from, 1)] ?? []).some((known) => to === `modules/${known}/index.ts`))],
  ['a file at the root of a folder runs anywhere', (from, to) => /^(core|modules)\/[^/]+\/[^/]+$/.test(from) && /\/(server|web)\//.test(to)],
  ['server does not import web', (from, to) => /^(core|modules)\/[^/]+\/server\//.test(from) && /\/web\//.test(to)],
  ['web does not import server', (from, to) => /^(core|modules)\/[^/]+\/web\//.test(from) && /\/server\//.test(to)],
  ['apps are imported by apps and lab only', (from, to) => at(to, 0) === 'apps' && !['apps', 'lab'].includes(at(from, 0))],
  ['lab is imported by none', (from, to) => at(to, 0) === 'lab' && at(from, 0) !== 'lab'],
]

/** Tests may stand on the lab, and a test at the root may use both sides. */
const notForTests = new Set(['a file at the root of a folder runs anywhere', 'lab is imported by none'])

/** @returns {{ files: number, faults: string[] }} */
export function checkBoundaries() {
  const importsByFile = new Map(tops.flatMap(filesUnder).map((file) => [file, importsOf(file)]))
  const faults = []
  for (const [from, imports] of importsByFile) {
    const isTest = /\.test\.tsx?$/.test(from)
    for (const to of imports) {
      if (isTest && at(to, 0) === 'lab') continue
      for (const [says, breaks] of rules) if (!(isTest && notForTests.has(says)) && breaks(from, to)) faults.push(`${from} → ${to}: ${says}`)
    }
  }
  return { files: importsByFile.size, faults: [...faults, ...rings(importsByFile)] }
}

function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).split(sep).join('/'))
    .filter((file) => !/(^|\/)(node_modules|dist|data)\//.test(file))
}

function importsOf(file) {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(importPattern)].map((m) => m[1] ?? m[2] ?? m[3])
    .filter((name) => name.startsWith('#') || name.startsWith('.'))
    .map((name) => (name.startsWith('#') ? name.slice(1) : normalize(join(dirname(file), name)).split(sep).join('/')).split('?')[0])
}

/** Each ring once, types included. */
function rings(importsByFile) {
  const found = new Set()
  const done = new Set()
  const trail = []
  const visit = (file) => {
    const start = trail.indexOf(file)
    if (start !== -1) return found.add(`ring: ${[...trail.slice(start), file].join(' → ')}`)
    if (done.has(file)) return undefined
    trail.push(file)
    for (const next of importsByFile.get(file) ?? []) if (importsByFile.has(next)) visit(next)
    trail.pop()
    return done.add(file)
  }
  for (const file of importsByFile.keys()) visit(file)
  return [...found]
}

function at(path, part) {
  return path.split('/')[part] ?? ''
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, faults } = checkBoundaries()
  console.log(`${files} files${faults.length > 0 ? `\n${faults.join('\n')}` : ', no import out of bounds, no ring'}`)
  // Having read nothing is no proof.
  process.exit(files > 0 && faults.length === 0 ? 0 : 1)
}
