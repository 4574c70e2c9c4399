import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { bareTable } from './writes.ts'

/** `relayHop.ts DATABASE [NEXT]`: keeps each message durably, then says its length to whoever watches and passes it on. Nothing else. */
const [path, next] = process.argv.slice(2)
const table = bareTable(path!)
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
const watchers = new Set<WebSocket>()
const onward = next ? new WebSocket(next) : undefined

server.on('connection', (socket, request) => {
  if (request.url === '/watch') watchers.add(socket)
  else socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8')
    table.insert(text, '')
    onward?.send(text)
    for (const watcher of watchers) watcher.send(text.slice(0, 20))
  })
})
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
