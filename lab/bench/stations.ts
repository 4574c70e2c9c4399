import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderOf, provision } from '#apps/demo/provision.ts'
import { demoStations, portOf } from '#apps/demo/stations.ts'
import { stationProcess, type StationProcess } from '#lab/kill/stationProcess.ts'

export interface ThreeStations {
  region: StationProcess
  prefecture: StationProcess
  county: StationProcess
  close(): Promise<void>
}

export interface FourStations extends ThreeStations {
  scene: StationProcess
  /** Where a station keeps its data. */
  folder(station: StationProcess): string
}

/** Region, prefecture and county as three real processes, enrolled by real tokens, with the program's own settings. */
export async function threeStations(): Promise<ThreeStations> {
  const { started: [region, prefecture, county], close } = await stations(3)
  return { region: region!, prefecture: prefecture!, county: county!, close }
}

/** The same with a scene under the county: every level a plot has. */
export async function fourStations(): Promise<FourStations> {
  const { started: [region, prefecture, county, scene], folder, close } = await stations(4)
  return { region: region!, prefecture: prefecture!, county: county!, scene: scene!, folder, close }
}

async function stations(count: number) {
  const data = mkdtempSync(join(tmpdir(), 'fengsui-bench-'))
  const basePort = await freeBase()
  const started: StationProcess[] = []
  const folders = new Map<StationProcess, string>()
  for (const station of demoStations.slice(0, count)) {
    await provision(station, data, basePort)
    const running = stationProcess(station.address, folderOf(station, data), portOf(station, basePort))
    running.start()
    await running.healthy()
    started.push(running)
    folders.set(running, folderOf(station, data))
  }
  return {
    started,
    folder: (station: StationProcess) => folders.get(station)!,
    close: async () => {
      await Promise.all(started.map((station) => station.stop()))
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** A base port such that the next four are free now. */
async function freeBase(): Promise<number> {
  for (let base = 31_000 + Math.floor(Math.random() * 20_000); ; base += 10) {
    const free = await Promise.all([1, 2, 3, 4].map((n) => isFree(base + n)))
    if (free.every(Boolean)) return base
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => {
      const { port: got } = probe.address() as AddressInfo
      probe.close(() => done(got === port))
    })
  })
}

/** Resident memory of another process in MB, and the part of it that is no file's (what the process itself asked for). Linux only. */
export function memoryOf(pid: number): { resident: number; own: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
    return { resident: field('VmRSS'), own: field('RssAnon') }
  } catch {
    return null
  }
}

/** Seconds of CPU a process has used so far, its own and the kernel's for it. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
