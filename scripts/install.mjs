// Makes a fresh clone ready: npm packages, and (when asked, as root, on Debian) the system packages that tests need.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.fengsui-lock`

/** Installs npm packages if the lock file changed since the last install. */
export function installPackages() {
  const lock = createHash('sha256').update(readFileSync(`${root}package-lock.json`)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.log('installing npm packages …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' })
  if (result.status !== 0) throw new Error('npm ci failed; its own words are above')
  writeFileSync(stamp, lock)
}

/** System packages the test suite drives, by the file that proves each is there. */
const systemPackages = [
  { name: 'chromium', proof: '/usr/bin/chromium', for: 'browser tests' },
  ...['libegl1', 'libgles2', 'libgl1-mesa-dri'].map((name) => ({ name, proof: `/usr/share/doc/${name}`, for: 'drawing maps in browser tests' })),
  { name: 'fonts-noto-cjk', proof: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', for: 'Chinese text in screenshots' },
  { name: 'postgresql-15', proof: '/usr/lib/postgresql/15/bin/initdb', for: 'the PostgreSQL half of the contract suite' },
  { name: 'postgresql-15-postgis-3', proof: '/usr/lib/postgresql/15/lib/postgis-3.so', for: 'the PostgreSQL half of the contract suite' },
  { name: 'libxml2-utils', proof: '/usr/bin/xmllint', for: 'judging exported documents' },
  { name: 'poppler-utils', proof: '/usr/bin/pdftotext', for: 'reading exported PDF' },
  { name: 'gdal-bin', proof: '/usr/bin/ogrinfo', for: 'judging what maps export and making what they import' },
]

/** Installs what is missing when we may (root, apt); otherwise names it. Tests that need it then fail: they are never skipped. */
export function installSystemPackages() {
  const missing = systemPackages.filter((p) => !existsSync(p.proof))
  if (missing.length === 0) return
  const names = missing.map((p) => p.name)
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!canInstall) {
    for (const p of missing) console.error(`missing: ${p.name} — needed for ${p.for}`)
    console.error(`install them with: sudo apt-get install ${names.join(' ')}`)
    return
  }
  console.log(`installing system packages: ${names.join(' ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env })
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { stdio: ['ignore', 'ignore', 'inherit'], env })
  if (result.status !== 0) console.error(`apt-get could not install ${names.join(' ')}; the tests that need them will fail`)
}
