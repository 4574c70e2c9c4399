import type { FastifyRequest } from 'fastify'
import { HttpProblem } from '#core/http/server/problem.ts'

export type Format = 'json' | 'html'

/** `f` decides, then what the caller prefers by Accept; JSON where it does not matter. */
export function formatOf(request: FastifyRequest): Format {
  const { f } = request.query as { f?: Format }
  if (f) return f
  const accept = request.headers.accept
  if (accept === undefined || accept.trim() === '') return 'json'
  const ranges = accept.slice(0, 1_000).split(',').map((part) => {
    const [type = '', ...parameters] = part.trim().toLowerCase().split(';').map((piece) => piece.trim())
    const q = Number(parameters.find((piece) => piece.startsWith('q='))?.slice(2) ?? 1)
    return { type, q: Number.isNaN(q) ? 0 : q }
  })
  const liking = (types: RegExp) => Math.max(0, ...ranges.filter(({ type }) => types.test(type)).map(({ q }) => q))
  const any = ranges.find(({ type }) => type === '*/*')?.q ?? 0
  const json = Math.max(liking(/^application\/(\*|json|[\w.-]+\+json)$/), any)
  const html = Math.max(liking(/^(text\/(\*|html)|application\/xhtml\+xml)$/), 0)
  if (json === 0 && html === 0) throw new HttpProblem(406, 'ogc.not-acceptable', '只提供 JSON 和 HTML', 'There are JSON and HTML only')
  return html > json ? 'html' : 'json'
}
