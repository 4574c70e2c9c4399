import type { Readable } from 'node:stream'

/** Bytes named by their SHA-256. A fact refers to a file; links pull it by hash after the facts, resumable. */
export interface FileCard {
  sha256: string
  size: number
  /** Found from the content, never from the name. */
  mediaType: string
}

/** A file that was here and whose bytes have gone from the disk or are no longer what their name says. */
interface LostFile {
  sha256: string
  size: number
  lostAt: number
}

export interface Files {
  /** Streams into the store; refuses over `limit` bytes. The same bytes twice are stored once; bytes that were lost are there again. */
  put(stream: Readable, limit: number): Promise<FileCard>
  /** What is here: of a file whose bytes are gone, or not as many as they were, it says nothing and notes that it is lost. */
  card(sha256: string): Promise<FileCard | undefined>
  /** As `card`, once the bytes have been read through and are what their name says: one time in a process, and `again` when reading failed. */
  sound(sha256: string, again?: boolean): Promise<FileCard | undefined>
  lost(): Promise<LostFile[]>
  /** Told when a file is found to be lost, and when its bytes have been put in their place. */
  onChange(listener: (sha256: string, isHere: boolean) => void): () => void
  /** A readable from byte `start` (default 0) to `end`, both included. */
  open(sha256: string, start?: number, end?: number): Readable
  /**
   * For link transfer: how many bytes of this file have come from `source` and wait in a partial download. What one source
   * gave is never gone on from with another: junk from a liar must not stand in the way of the true bytes.
   */
  partial(sha256: string, source: string): Promise<number>
  appendPartial(sha256: string, source: string, offset: number, chunk: Uint8Array): Promise<void>
  dropPartial(sha256: string, source: string): Promise<void>
  /** Checks the hash of a finished partial and moves it into the store; throws away what does not match. */
  finishPartial(sha256: string, source: string): Promise<FileCard>
}
