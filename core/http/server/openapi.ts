import swagger from '@fastify/swagger'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { App } from './app.ts'
import { problemSchema } from './problem.ts'

/** OpenAPI 3.1 of every declared route at `/api/openapi.json`; every route may answer a problem. */
export async function serveOpenApi(app: App, version: string): Promise<void> {
  const problemJson = z.toJSONSchema(problemSchema)
  delete problemJson.$schema
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Fengsui 烽燧', description: 'Answers of the kind *no* are application/problem+json in the language of Accept-Language (zh by default).', version },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: { Problem: problemJson as object },
      },
      security: [{ token: [] }],
    },
    transform: (document) => {
      const transformed = jsonSchemaTransform(document)
      const config = document.route.config
      return config?.public ? { ...transformed, schema: { ...transformed.schema, security: [] } } : transformed
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject
      const openapi = document.openapiObject
      for (const operation of Object.values(openapi.paths ?? {}).flatMap((path) => Object.values(path ?? {}))) {
        if (typeof operation !== 'object' || !('responses' in operation)) continue
        operation.responses = { ...operation.responses, default: { description: 'Problem', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } }
      }
      return openapi
    },
  })
  app.get('/api/openapi.json', { schema: { hide: true }, config: { public: true } }, (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(app.swagger()))
}
