import { buildBaseMap } from './build.ts'

/** `node buildProcess.ts FILE`: builds in a process of its own, whose 400 MB are gone when it ends; says each zoom as a line of JSON. */
const [path] = process.argv.slice(2)
if (!path) throw new Error('usage: buildProcess.ts FILE')
buildBaseMap(path, (done) => { process.stdout.write(`${JSON.stringify(done)}\n`) })
