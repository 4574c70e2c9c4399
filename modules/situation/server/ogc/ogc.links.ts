import type { FastifyRequest } from 'fastify'

/** A type, not an interface: answers are records of unknown fields, which an interface is not taken for. */
export type Link = { href: string; rel: string; type: string; title: string }

export const mediaTypes = {
  json: 'application/json',
  geojson: 'application/geo+json',
  html: 'text/html',
  openapi: 'application/vnd.oai.openapi+json;version=3.0',
  schema: 'application/schema+json',
} as const
export const queryablesRel = 'http://www.opengis.net/def/rel/ogc/1.0/queryables'

/** Where this API stands for whoever asks: the name they used, or the one their proxy says. */
export function rootOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}/ogc`
}

/** The address that was asked for, with some of its parameters set or (undefined) taken out. */
export function hrefWith(request: FastifyRequest, changes: Record<string, string | number | undefined>): string {
  const url = new URL(request.url, 'http://station')
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, String(value))
  }
  // Addresses of reference systems stay readable: `:` and `/` may stand in a query as they are.
  const query = url.searchParams.toString().replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%2C', ',')
  return `${request.protocol}://${request.host}${url.pathname}${query === '' ? '' : `?${query}`}`
}
