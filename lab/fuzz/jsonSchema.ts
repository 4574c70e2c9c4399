import { nastyTexts, nastyValues, pick } from './nastyValues.ts'

export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  additionalProperties?: boolean | JsonSchema
  minimum?: number
  maximum?: number
  minLength?: number
}

/**
 * A value that mostly follows the schema, with `spoil` (0…1) of its parts replaced by something nasty: input that is
 * almost right reaches further into a program than noise does.
 */
export function valueFor(schema: JsonSchema, random: () => number, spoil: number, known: readonly string[], resolve: (ref: string) => JsonSchema, depth = 0): unknown {
  const again = (inner: JsonSchema) => valueFor(inner, random, spoil, known, resolve, depth + 1)
  if (random() < spoil || depth > 8) return pick(random, nastyValues)
  if (schema.$ref) return again(resolve(schema.$ref))
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return pick(random, schema.enum)
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (branches && branches.length > 0) return again(pick(random, branches))
  const type = Array.isArray(schema.type) ? pick(random, schema.type) : schema.type
  switch (type) {
    case 'object': {
      const entries = Object.entries(schema.properties ?? {})
        .filter(([name]) => schema.required?.includes(name) ? random() > spoil / 4 : random() < 0.5)
        .map(([name, inner]) => [name, again(inner)] as const)
      if (random() < spoil) entries.push([pick(random, nastyTexts), pick(random, nastyValues)])
      return Object.fromEntries(entries)
    }
    case 'array': return Array.from({ length: Math.floor(random() * 3) }, () => again(schema.items ?? {}))
    case 'string': return random() < 0.4 && known.length > 0 ? pick(random, known) : `文字${Math.floor(random() * 1e6)}`.padEnd(schema.minLength ?? 0, '字')
    case 'integer':
    case 'number': return random() < 0.5 ? Date.now() : Math.max(schema.minimum ?? 0, Math.min(schema.maximum ?? 100, Math.floor(random() * 100)))
    case 'boolean': return random() < 0.5
    case 'null': return null
    default: return pick(random, nastyValues)
  }
}
