import { z } from 'zod'
import { isAddress } from './address.ts'
import { latestMoment, maxPosition } from './bounds.ts'

/**
 * The pieces that schemas of facts and of requests are made of: what a request may say a fact may carry, and nothing
 * else, so no neighbour's fact can hold what our own forms would refuse.
 */

export const stationAddress = z.string().refine(isAddress, '不是平台地址，例如 65/6529|not a station address such as 65/6529')
/** The id of a fact, the name of a file. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, '应为 64 位十六进制编号|must be 64 hex digits')
/** The part of a subject after its kind, mode ending included. */
export const recordId = z.string().max(120).regex(/^[A-Za-z0-9]+(\.x|\.t)?$/)
/** GB/T 2260: a county's 6 digits, or more for a township (9) or a village (12). */
export const divisionCode = z.string().regex(/^\d{6}(\d{3}(\d{3})?)?$/)
/** A bound of a period in a query: {@link moment} as text. */
export const queryMoment = z.coerce.number().int().min(0).max(latestMoment)
export const longitude = z.number().min(-180).max(180)
export const latitude = z.number().min(-90).max(90)

/** Beyond anything that is counted or paid, and sums of a million of them are exact still. */
export const maxAmount = 1e9

/**
 * What makes a text show other than it reads: control characters, and the embeddings, overrides and isolates that turn
 * what stands beside it around. The plain direction marks stay, Uyghur in Arabic letters needs them.
 */
const hidden = String.raw`\u202A-\u202E\u2066-\u2069\u{FFFE}\u{FFFF}`
const notInLine = new RegExp(String.raw`[\p{Cc}\p{Zl}\p{Zp}${hidden}]`, 'u')
const notInPassage = new RegExp(String.raw`(?![\n\r\t])[\p{Cc}${hidden}]`, 'u')
const notInPassages = new RegExp(notInPassage, 'gu')
const faultyText = '含有不可见的控制字符，请删除后重试|holds control characters; remove them'

/** A text as schemas take it, from whatever was typed or pasted: nothing that can be seen is lost. */
export function plainText(text: string): string {
  return text.replaceAll(notInPassages, '').toWellFormed()
}

/** One line; may be empty. */
export const label = (max: number) => z.string().max(max).refine((text) => !notInLine.test(text) && text.isWellFormed(), faultyText)
/** One line that says something: a title, a name. */
export const line = (max: number) => label(max).min(1).regex(/\S/)
/** Lines and paragraphs; may be empty. */
export const passage = (max: number) => z.string().max(max).refine((text) => !notInPassage.test(text) && text.isWellFormed(), faultyText)
/** Paragraphs that say something: a reason, an instruction. */
export const statement = (max: number) => passage(max).min(1).regex(/\S/)

/** A row of a list that cannot be shown: which one, and the station it is of. */
export const unreadableSchema = z.object({ id: z.string(), station: z.string() })
export type Unreadable = z.infer<typeof unreadableSchema>

/** A file that was uploaded before; links pull it by its hash after the fact that names it. */
export const attachmentSchema = z.strictObject({ sha256: sha256Hex, name: line(200), size: z.int().min(0).max(maxPosition), mediaType: line(120) })
export type Attachment = z.infer<typeof attachmentSchema>
