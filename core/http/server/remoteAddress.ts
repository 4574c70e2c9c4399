import type { IncomingMessage } from 'node:http'

/** The address an upgrade request comes from; behind a proxy on this machine, the one that the proxy names. */
export function remoteAddress(request: IncomingMessage, isProxied: boolean): string {
  const direct = request.socket.remoteAddress ?? ''
  if (!isProxied || !/^(::1$|(::ffff:)?127\.)/.test(direct)) return direct
  return String(request.headers['x-forwarded-for'] ?? '').split(',').at(-1)?.trim() || direct
}
