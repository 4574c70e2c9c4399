/** Who looks, and where. */
export interface Self { station: string; id: string; name: string }

/** What rides on the shell's one socket beside the news. */
export interface Rider {
  up(): void
  down(): void
  receive(bytes: Uint8Array): void
}

let self: Self = { station: '', id: '', name: '' }
let socket: WebSocket | null = null
let rider: Rider | null = null

/** Called by the shell with each new socket; null when signed out. */
export function carryLive(next: WebSocket | null, who: Self | null): void {
  if (who) self = who
  rider?.down()
  socket = next
  if (!next) return
  next.binaryType = 'arraybuffer'
  next.addEventListener('open', () => { if (socket === next) rider?.up() })
  next.addEventListener('close', () => { if (socket === next) rider?.down() })
  next.addEventListener('message', (event) => { if (event.data instanceof ArrayBuffer) rider?.receive(new Uint8Array(event.data)) })
}

export function ride(next: Rider): void {
  rider = next
  if (socket?.readyState === WebSocket.OPEN) next.up()
}

export function whoLooks(): Self {
  return self
}

/** False when the socket is not open. */
export function sendLive(bytes: Uint8Array): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false
  socket.send(bytes as Uint8Array<ArrayBuffer>)
  return true
}
