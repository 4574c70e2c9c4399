import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** How one part of a message is written; reading throws on anything out of bounds. Integers are LEB128, texts UTF-8 with their length before them. */
export interface Field<T> {
  write(to: encoding.Encoder, value: T): void
  read(from: decoding.Decoder): T
}

type Values<Fields> = { [K in keyof Fields]: Fields[K] extends Field<infer T> ? T : never }

export function text(max: number): Field<string> {
  return {
    write: (to, value) => encoding.writeVarString(to, value),
    read: (from) => {
      const bytes = readBytes(from, max * 3)
      const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      if (value.length > max) throw new RangeError('text too long')
      return value
    },
  }
}

export function bytes(max: number): Field<Uint8Array> {
  return { write: (to, value) => encoding.writeVarUint8Array(to, value), read: (from) => readBytes(from, max).slice() }
}

export const count: Field<number> = {
  write: (to, value) => encoding.writeVarUint(to, value),
  read: (from) => {
    const value = decoding.readVarUint(from)
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a count')
    return value
  },
}

export const flag: Field<boolean> = {
  write: (to, value) => encoding.writeUint8(to, value ? 1 : 0),
  read: (from) => {
    const value = decoding.readUint8(from)
    if (value > 1) throw new RangeError('not a flag')
    return value === 1
  },
}

export function list<T>(item: Field<T>, max: number): Field<T[]> {
  return {
    write: (to, values) => {
      encoding.writeVarUint(to, values.length)
      for (const value of values) item.write(to, value)
    },
    read: (from) => {
      const length = count.read(from)
      if (length > max) throw new RangeError('list too long')
      return Array.from({ length }, () => item.read(from))
    },
  }
}

export function record<Fields extends Record<string, Field<unknown>>>(fields: Fields): Field<Values<Fields>> {
  const entries = Object.entries(fields) as unknown as [keyof Fields, Field<unknown>][]
  return {
    write: (to, value) => { for (const [name, field] of entries) field.write(to, value[name]) },
    read: (from) => Object.fromEntries(entries.map(([name, field]) => [name, field.read(from)])) as Values<Fields>,
  }
}

function readBytes(from: decoding.Decoder, max: number): Uint8Array {
  const length = count.read(from)
  if (length > max || length > from.arr.length - from.pos) throw new RangeError('length out of bounds')
  return decoding.readUint8Array(from, length)
}
