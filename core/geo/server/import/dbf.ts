import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { refuse, type Sentence } from '#core/kernel/index.ts'
import { knownEncoding, lastWhole } from './geojsonSource.ts'
import { ReadAhead } from './readAhead.ts'

interface DbfField { name: Buffer; type: string; offset: number; length: number }

export interface DbfHeader { records: number; headerLength: number; recordLength: number; language: number; fields: DbfField[] }

/** Header and field list of a dBASE III table. Throws where they do not hold together. */
export function readDbfHeader(bytes: Buffer): DbfHeader {
  const damaged = (why: string) => refuse('import.dbf-damaged', `.dbf 已损坏：${why}`, `The .dbf is damaged: ${why}`)
  if (bytes.length < 33) throw damaged(`${bytes.length} bytes`)
  const [records, headerLength, recordLength] = [bytes.readUInt32LE(4), bytes.readUInt16LE(8), bytes.readUInt16LE(10)]
  if (headerLength < 33 || headerLength > bytes.length || recordLength < 1) throw damaged('header length')
  const fields: DbfField[] = []
  let offset = 1
  for (let at = 32; at + 32 <= headerLength && bytes[at] !== 0x0d && bytes[at] !== 0; at += 32) {
    const name = bytes.subarray(at, at + 11)
    const end = name.indexOf(0)
    const length = bytes[at + 16] as number
    fields.push({ name: Buffer.from(end < 0 ? name : name.subarray(0, end)), type: String.fromCharCode(bytes[at + 11] as number).toUpperCase(), offset, length })
    offset += length
  }
  if (offset > recordLength) throw damaged(`fields of ${offset} bytes in records of ${recordLength}`)
  return { records, headerLength, recordLength, language: bytes[29] as number, fields }
}

/** Attributes of a Shapefile, record by record, in step with its geometries. */
export async function openDbf(path: string, cpg: string | null, wanted?: string) {
  const bytes = await ReadAhead.open(path)
  try {
    const head = await bytes.next(Math.min(bytes.size, 32))
    const length = head && head.length === 32 ? Math.min(bytes.size, Math.max(head.readUInt16LE(8), 33)) : 0
    const header = readDbfHeader(head ? Buffer.concat([head, (await bytes.next(Math.max(0, length - 32))) ?? Buffer.alloc(0)]) : Buffer.alloc(0))
    const { encoding, note } = await dbfEncoding(path, header, cpg, wanted)
    const names = header.fields.map((field) => textOf(field.name, encoding).trim())
    let left = header.records
    return {
      encoding, note,
      /** Null for a record that was deleted; undefined where the table has no more. */
      async next(): Promise<Record<string, unknown> | null | undefined> {
        if (left <= 0) return undefined
        const record = bytes.take(header.recordLength) ?? (await bytes.next(header.recordLength))
        if (!record) return undefined
        left--
        if (record[0] === 0x2a) return null
        const properties: Record<string, unknown> = {}
        header.fields.forEach((field, i) => {
          const value = readDbfValue(record.subarray(field.offset, field.offset + field.length), field.type, encoding)
          if (value !== null && names[i]) properties[names[i]] = value
        })
        return properties
      },
      close: () => bytes.close(),
    }
  } catch (fault) {
    await bytes.close()
    throw fault
  }
}

/** One value; null where it is empty or no value of its type. */
export function readDbfValue(bytes: Buffer, type: string, encoding: string): string | number | boolean | null {
  switch (type) {
    case 'N': case 'F': return readDbfNumber(bytes.toString('latin1'))
    case 'L': return /^[TtYy]$/.test(bytes.toString('latin1')) ? true : /^[FfNn]$/.test(bytes.toString('latin1')) ? false : null
    case 'D': {
      const date = /^(\d{4})(\d\d)(\d\d)$/.exec(bytes.toString('latin1'))
      return date && date[1] !== '0000' ? `${date[1]}-${date[2]}-${date[3]}` : null
    }
    case 'I': return bytes.length === 4 ? bytes.readInt32LE(0) : null
    case 'O': return bytes.length === 8 && Number.isFinite(bytes.readDoubleLE(0)) ? bytes.readDoubleLE(0) : null
    default: return textOf(bytes, encoding).replace(/[\0 ]+$/, '') || null
  }
}

/** `   12.50`, `1.2E+05`; asterisks and blanks are no number. An integer beyond 2^53 stays text, digit by digit. */
export function readDbfNumber(text: string): number | string | null {
  const trimmed = text.replaceAll('\0', ' ').trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(trimmed)) return null
  const value = Number(trimmed)
  if (!Number.isFinite(value)) return null
  return /^[+-]?\d+$/.test(trimmed) && !Number.isSafeInteger(value) ? trimmed : value
}

function textOf(bytes: Buffer, encoding: string): string {
  // A field is cut by bytes, perhaps within a character.
  if (encoding === 'utf-8' || encoding === 'utf8') return bytes.subarray(0, lastWhole(bytes)).toString('utf8')
  return iconv.decode(bytes, encoding)
}

/** By `--encoding`, by the `.cpg`, by the table's language byte, or by looking; a `.cpg` that the bytes contradict is not believed. */
async function dbfEncoding(path: string, header: DbfHeader, cpg: string | null, wanted?: string): Promise<{ encoding: string; note: Sentence | null }> {
  if (wanted !== undefined) return { encoding: knownEncoding(wanted), note: null }
  const looks = await looksLike(path, header)
  const stated = encodingStated(cpg)
  if (stated && !(isUtf(stated) && looks === 'gb18030')) return { encoding: stated, note: null }
  if (stated) return { encoding: 'gb18030', note: { zh: '.cpg 写的是 UTF-8，但文字不是，已按 GBK 读取；可用 --encoding 指明', en: 'The .cpg says UTF-8 but the text is not; it was read as GBK. State it with --encoding' } }
  if (looks === 'ascii') return { encoding: 'utf-8', note: null }
  if (header.language === 0x4f || header.language === 0x79) return { encoding: 'big5', note: { zh: '按表头的语言标记以 Big5 读取', en: 'Read as Big5 by the language byte of the table' } }
  if (looks === 'utf-8') return { encoding: 'utf-8', note: { zh: '没有 .cpg，文字按 UTF-8 读取', en: 'There is no .cpg; the text was read as UTF-8' } }
  return { encoding: 'gb18030', note: { zh: '没有 .cpg，文字不是 UTF-8，按 GBK 读取；如有乱码请用 --encoding 指明', en: 'There is no .cpg and the text is not UTF-8; it was read as GBK. If it looks wrong, state it with --encoding' } }
}

const isUtf = (encoding: string) => encoding === 'utf-8' || encoding === 'utf8'

/** `UTF-8`, `936`, `CP936`, `GBK`, `ANSI 936`… */
function encodingStated(cpg: string | null): string | null {
  const name = cpg?.trim().toLowerCase().slice(0, 40) ?? ''
  if (/(^|\D)(936|54936)$|gbk|gb2312|gb18030/.test(name)) return 'gb18030'
  if (/utf-?8|65001/.test(name)) return 'utf-8'
  if (/(^|\D)950$|big5/.test(name)) return 'big5'
  const bare = /(\d{3,5})$/.exec(name)?.[1]
  const known = bare ? (name.includes('8859') ? `iso-8859-${bare.slice(4) || 1}` : `cp${bare}`) : name
  return name && iconv.encodingExists(known) ? known : null
}

/** Of the first megabyte of records. */
async function looksLike(path: string, { fields, headerLength, recordLength, records }: DbfHeader): Promise<'ascii' | 'utf-8' | 'gb18030'> {
  const texts = fields.filter((field) => field.type === 'C')
  const bytes = await ReadAhead.open(path)
  let [utf8, other] = [0, 0]
  try {
    await bytes.skip(headerLength)
    for (let n = Math.min(records, Math.ceil(1024 * 1024 / recordLength)); n > 0; n--) {
      const record = await bytes.next(recordLength)
      if (!record) break
      for (const { offset, length } of texts) {
        const text = record.subarray(offset, offset + length)
        if (text.every((byte) => byte < 0x80)) continue
        if (isUtf8(text.subarray(0, lastWhole(text)))) utf8++
        else other++
      }
    }
  } finally {
    await bytes.close()
  }
  if (utf8 + other === 0) return 'ascii'
  // A few characters broken by careless editing do not make a UTF-8 table GBK.
  return other * 10 > utf8 + other ? 'gb18030' : 'utf-8'
}
