import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { Server } from '@hocuspocus/server'
import { WebSocket } from 'ws'

/** `hocuspocusHop.ts [NEXT]`: a Hocuspocus server without any extension, whose one document a provider of its own keeps level with the next server's. */
const [next] = process.argv.slice(2)
const server = new Server({ port: 0, address: '127.0.0.1', quiet: true, stopOnSignals: false })
await server.listen()
if (next) {
  const { document } = await server.hocuspocus.openDirectConnection('plot')
  if (!document) throw new Error('the document does not open')
  const provider = new HocuspocusProvider({ name: 'plot', document, awareness: document.awareness, websocketProvider: new HocuspocusProviderWebsocket({ url: next, WebSocketPolyfill: WebSocket }) })
  provider.attach()
}
process.send?.({ port: server.address.port })
process.on('disconnect', () => process.exit(0))
