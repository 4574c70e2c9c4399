import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCluster, type OwnCluster } from '#lab/postgres/cluster.ts'
import { lockStation, StationInUse } from './lock.ts'
import { openDatabase } from './open.ts'

const base = mkdtempSync(join(tmpdir(), 'fengsui-lock-'))
let cluster: OwnCluster
beforeAll(async () => { cluster = await startCluster() })
afterAll(async () => {
  await cluster?.stop()
  rmSync(base, { recursive: true, force: true })
})
const folder = () => mkdtempSync(join(base, 'data-'))
const never = () => { throw new Error('lost') }
const inUse = async (work: Promise<unknown>): Promise<StationInUse> => {
  const fault = await work.then(() => undefined, (error: unknown) => error)
  if (!(fault instanceof StationInUse)) throw new Error(`expected that the station is in use, not ${String(fault)}`)
  return fault
}

describe('H1: the data folder', () => {
  test('H1: is one process’s; the second is told whose, and has it when the first lets go', async () => {
    const data = folder()
    const first = await lockStation(data, join(data, 'station.db'), never)
    const { sentence } = await inUse(lockStation(data, join(data, 'station.db'), never))
    expect(sentence.zh).toContain(`pid ${process.pid}`)
    expect(sentence.en).toContain('changed nothing')
    await first.release()
    const second = await lockStation(data, join(data, 'station.db'), never)
    // Letting go twice takes nothing from the next.
    await first.release()
    expect((await inUse(lockStation(data, join(data, 'station.db'), never))).message).toContain(`pid ${process.pid}`)
    await second.release()
  })

  test('H1: a dead process holds nothing', async () => {
    const data = folder()
    const work = `import { lockStation } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)}; await lockStation(${JSON.stringify(data)}, 'x.db', () => {}); console.log('held'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', work], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect((await inUse(lockStation(data, 'x.db', never))).message).toContain(`pid ${child.pid}`)
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    await (await lockStation(data, 'x.db', never)).release()
  })
})

describe('H1: a PostgreSQL database', () => {
  test('H1: is one process’s, from whatever folder; the second is told whose', async () => {
    const url = await cluster.url('shared')
    const first = await lockStation(folder(), url, never)
    const data = folder()
    expect((await inUse(lockStation(data, url, never))).sentence.en).toContain(`pid ${process.pid}`)
    await (await lockStation(data, await cluster.url('other'), never)).release()
    await first.release()
    await (await lockStation(data, url, never)).release()
  })

  test('H1: a server that does not answer any more is noticed though the connection stands', async () => {
    const direct = await cluster.url('silent')
    const url = new URL(direct)
    const others: Socket[] = []
    let isCut = false
    const between = createServer((near) => {
      const far = connect(Number(new URL(direct).port), '127.0.0.1')
      others.push(near, far)
      for (const [from, to] of [[near, far], [far, near]] as const) {
        from.on('data', (data) => { if (!isCut) to.write(data) })
        from.on('error', () => undefined)
        from.on('close', () => to.destroy())
      }
    })
    await new Promise<void>((done) => { between.listen(0, '127.0.0.1', done) })
    url.port = String((between.address() as AddressInfo).port)
    let tell = () => {}
    const lost = new Promise<void>((resolve) => { tell = resolve })
    const lock = await lockStation(folder(), url.href, () => tell(), 200)
    const database = lock.guard(openDatabase(direct))
    await database.write(async () => undefined)
    isCut = true
    await lost
    await expect(database.write(async () => undefined)).rejects.toThrow(/lock/)
    await database.close()
    for (const socket of others) socket.destroy()
    await lock.release()
    between.close()
  })

  test('H1: when the server ends the lock, nothing more is written, and the process is told once', async () => {
    const url = await cluster.url('cut')
    let told = 0
    let tell = () => {}
    const lost = new Promise<void>((resolve) => { tell = resolve })
    const lock = await lockStation(folder(), url, () => { told++; tell() })
    const database = lock.guard(openDatabase(url))
    await database.write(async () => undefined)
    await cluster.kill()
    await lost
    await expect(database.write(async () => undefined)).rejects.toThrow(/lock/)
    await cluster.start()
    await expect(database.write(async () => undefined)).rejects.toThrow(/lock/)
    await database.close()
    await lock.release()
    expect(told).toBe(1)
  })
})
