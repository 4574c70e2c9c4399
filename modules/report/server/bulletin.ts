/**
 * A printed page of 值班快报, before it becomes DOCX or PDF: every text is final and printable.
 * Both writers follow GB/T 9704-2012 through `bulletinLayout.ts`, so the two look alike.
 */
export interface Bulletin {
  /** 【演练】 or 【测试】: printed on top of every page; null for the real thing. */
  mark: string | null
  /** 发文机关标志 is `organ` + `product`. */
  organ: string
  product: string
  /** 期号 */
  number: string
  /** 签发人; null while nobody has signed. */
  signer: string | null
  /** 成文日期 */
  date: string
  title: string
  /** 主送 */
  recipients: string[]
  body: BulletinBlock[]
  attachments: string[]
  /** 抄送 */
  copies: string[]
  /** 印发 time. */
  issuedAt: string
  /** For the file's properties, so that a printed page can be traced back: the report's id, when it was written. */
  reportId: string
  at: number
}

export interface BulletinBlock {
  kind: 'heading' | 'text'
  text: string
}
