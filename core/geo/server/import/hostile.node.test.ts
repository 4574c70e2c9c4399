import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { readdir, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { deflateRawSync, crc32 } from 'node:zlib'
import JSZip from 'jszip'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { collection, importAll, importBench, placeOf, point, refusalOf } from './testImport.ts'
import { unpack } from './unpack.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

const good = collection([point(80, 41, { name: '乌什' })])

interface Entry { name: string; data: Buffer; size?: number; attributes?: number; flags?: number }

const packedOnce = new Map<Buffer, Buffer>()
function deflated(data: Buffer): Buffer {
  const known = packedOnce.get(data) ?? deflateRawSync(data)
  packedOnce.set(data, known)
  return known
}

/** A ZIP written by hand, so that it can lie. */
function zip(entries: Entry[], sameData = false): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  entries.forEach(({ name, data, size, attributes = 0, flags = 0x800 }, i) => {
    const packed = deflated(data)
    const bytes = Buffer.from(name)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt16LE(flags, 6)
    head.writeUInt16LE(8, 8)
    head.writeUInt32LE(data.length > 50_000_000 || sameData ? 0 : crc32(data), 14)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(size ?? data.length, 22)
    head.writeUInt16LE(bytes.length, 26)
    const at = sameData && i > 0 ? 0 : offset
    if (!sameData || i === 0) {
      locals.push(head, bytes, packed)
      offset += 30 + bytes.length + packed.length
    }
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(0x0314, 4)
    central.writeUInt16LE(20, 6)
    head.copy(central, 8, 6, 28)
    central.writeUInt32LE(attributes >>> 0, 38)
    central.writeUInt32LE(at, 42)
    centrals.push(Buffer.concat([central, bytes]))
  })
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

const leftovers = () => readdirSync(tmpdir()).filter((name) => /^fengsui-import-(?!test-)/.test(name)).sort()
let before: string[]
beforeEach(() => { before = leftovers() })

/** Refused, and nothing is left lying about. */
async function refused(name: string, bytes: Buffer): Promise<string> {
  const { code } = await refusalOf(importAll(await bench.write(name, bytes)))
  expect(leftovers()).toEqual(before)
  return code
}

describe('archives', () => {
  test('an honest one is read, and its folder is gone afterwards', async () => {
    expect((await importAll(await bench.write('good.zip', zip([{ name: 'a/b/数据.geojson', data: Buffer.from(good) }, { name: 'a/readme.txt', data: Buffer.from('x') }])))).rows).toHaveLength(1)
    expect(leftovers()).toEqual(before)
  })

  test.each(['../evil.geojson', 'a/../../evil.geojson', '/etc/evil.geojson', 'C:/evil.geojson', '..\\evil.geojson'])('a name that leads out (%s) refuses the whole archive', async (name) => {
    expect(await refused('out.zip', zip([{ name: 'ok.geojson', data: Buffer.from(good) }, { name, data: Buffer.from(good) }]))).toBe('import.zip-path')
    expect(await readdir(bench.folder)).not.toContain('evil.geojson')
  })

  test('a bomb: three hundred megabytes of zeros in a third of one', async () => {
    const zeros = Buffer.alloc(300 * 1024 ** 2)
    expect(await refused('bomb.zip', zip([{ name: 'a.geojson', data: zeros }]))).toBe('import.zip-bomb')
  })

  test('a bomb that states a small size is stopped while it unpacks', async () => {
    expect(await refused('liar.zip', zip([{ name: 'a.geojson', data: Buffer.alloc(200 * 1024 ** 2), size: 1000 }]))).toMatch(/^import\.zip-(damaged|bomb)$/)
  })

  test('a bomb of many names for the same bytes', async () => {
    const data = Buffer.alloc(20 * 1024 ** 2)
    expect(await refused('overlap.zip', zip(Array.from({ length: 500 }, (_, i) => ({ name: `${i}.geojson`, data })), true))).toBe('import.zip-bomb')
  })

  test('too many entries', async () => {
    expect(await refused('entries.zip', zip(Array.from({ length: 3000 }, (_, i) => ({ name: `${i}.txt`, data: Buffer.from('x') }))))).toBe('import.zip-entries')
  })

  test('a symbolic link inside', async () => {
    expect(await refused('link.zip', zip([{ name: 'a.geojson', data: Buffer.from('/etc/passwd'), attributes: 0o120777 << 16 }]))).toBe('import.zip-link')
  })

  test('an archive within an archive is left alone', async () => {
    expect(await refused('nested.zip', zip([{ name: 'inner.zip', data: zip([{ name: 'a.geojson', data: Buffer.from(good) }]) }]))).toBe('import.zip-nothing')
  })

  test('a password, several layers, half an archive, no archive', async () => {
    expect(await refused('secret.zip', zip([{ name: 'a.geojson', data: Buffer.from(good), flags: 0x801 }]))).toMatch(/^import\.zip-(encrypted|damaged)$/)
    expect(await refused('two.zip', zip([{ name: 'a.geojson', data: Buffer.from(good) }, { name: 'b.geojson', data: Buffer.from(good) }]))).toBe('import.zip-several')
    const whole = zip([{ name: 'a.geojson', data: Buffer.from(good) }])
    expect(await refused('half.zip', whole.subarray(0, whole.length - 30))).toBe('import.zip-damaged')
    expect(await refused('no.zip', Buffer.from('PK\u0003\u0004 and then nothing of the kind'))).toBe('import.zip-damaged')
  })

  test('a bomb inside an honest maker’s archive: limits hold for what comes out, not for what is said', async () => {
    const maker = new JSZip()
    maker.file('a.geojson', Buffer.alloc(3 * 1024 ** 2))
    const path = await bench.write('small.zip', await maker.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' }))
    const tight = { entries: 10, total: 1024 ** 2, ratio: 200, freely: 1024 }
    expect((await refusalOf(unpack(path, bench.path('tight'), undefined, tight))).code).toBe('import.zip-bomb')
    expect(await readdir(bench.path('tight'))).toEqual([])
  })
})

describe('files that are not what they are named', () => {
  test.each([
    ['pictures.geojson', Buffer.from('\u0089PNG\r\n\u001a\n'), 'import.not-geojson'],
    ['words.shp', Buffer.from('hello'), 'import.not-shapefile'],
    ['words.zip', Buffer.from('hello'), 'import.format-unknown'],
    ['words.xyz', Buffer.from('hello'), 'import.format-unknown'],
    ['virtual.vrt', Buffer.from('<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'), 'import.format-unknown'],
  ])('%s', async (name, bytes, code) => { expect(await refused(name, bytes)).toBe(code) })

  test('a folder, nothing at all, a device', async () => {
    expect((await refusalOf(importAll(bench.folder))).code).toBe('import.folder')
    expect((await refusalOf(importAll(bench.path('nothing.geojson')))).code).toBe('import.no-file')
    expect((await refusalOf(importAll('/dev/zero'))).code).toBe('import.no-file')
    await symlink('/dev/zero', bench.path('endless.geojson'))
    expect((await refusalOf(importAll(bench.path('endless.geojson')))).code).toBe('import.no-file')
  })
})

describe('other formats, by GDAL', () => {
  test('KML and FlatGeobuf come in', async () => {
    await bench.write('k.geojson', good)
    for (const [name, driver] of [['k.kml', 'KML'], ['k.fgb', 'FlatGeobuf']] as const) {
      await bench.ogr('ogr2ogr', '-f', driver, name, 'k.geojson')
      const { rows, report } = await importAll(bench.path(name))
      expect(placeOf(rows[0]).slice(0, 2)).toEqual([80, 41])
      expect(report.format).toContain('GDAL')
    }
  })

  test('a KML that asks for a file of this machine does not get it', async () => {
    const kml = `<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY secret SYSTEM "file:///etc/hostname">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&secret;</name><Point><coordinates>80,41</coordinates></Point></Placemark></Document></kml>`
    const secret = execFileSync('cat', ['/etc/hostname']).toString().trim()
    const outcome = await importAll(await bench.write('xxe.kml', kml)).then(({ rows }) => JSON.stringify(rows), (fault: unknown) => String(fault))
    expect(secret.length > 0 && outcome.includes(secret)).toBe(false)
  })

  test('a virtual dataset under another name does not make GDAL read other files', async () => {
    await bench.write('secret.geojson', good)
    const vrt = `<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>${bench.path('secret.geojson')}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`
    for (const name of ['v.kml', 'v.gml', 'v.gpx', 'v.dxf']) expect((await refusalOf(importAll(await bench.write(name, vrt)))).code).toBe('import.gdal-failed')
  })

  test('without GDAL the way out is named', async () => {
    const path = process.env.PATH
    process.env.PATH = '/nowhere'
    try {
      expect((await refusalOf(importAll(await bench.write('x.kml', '<kml/>')))).sentence.zh).toContain('apt-get install gdal-bin')
    } finally {
      process.env.PATH = path
    }
  })

  test('a file that GDAL cannot read is refused in its words', async () => {
    expect((await refusalOf(importAll(await bench.write('broken.kml', '<kml><Placemark>')))).code).toMatch(/^import\.(gdal-failed|no-features)$/)
  })
})
