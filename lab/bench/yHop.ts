import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { yPeers } from './yPeers.ts'

/** `yHop.ts [NEXT]`: a document and awareness relayed by y-protocols, as in its own README. No accounts, no checks, nothing on a disk. */
const [next] = process.argv.slice(2)
const peers = yPeers()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
server.on('connection', peers.add)
if (next) {
  const onward = new WebSocket(next)
  onward.on('open', () => peers.add(onward))
}
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
