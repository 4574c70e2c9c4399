import type { Readable } from 'node:stream'

/** Bytes named by their SHA-256. A fact refers to a file; links pull it by hash after the facts, resumable. */
export interface FileCard {
  sha256: string
  size: number
  /** Found from the content, never from the name. */
  mediaType: string
}

export interface Files {
  /** Streams into the store; refuses over `limit` bytes. The same bytes twice are stored once. */
  put(stream: Readable, limit: number): Promise<FileCard>
  card(sha256: string): Promise<FileCard | undefined>
  /** A readable from byte `start` (default 0) to `end`, both included. */
  open(sha256: string, start?: number, end?: number): Readable
  /** For link transfer: how many bytes of this file are here already, in a partial download. */
  partial(sha256: string): Promise<number>
  appendPartial(sha256: string, offset: number, chunk: Uint8Array): Promise<void>
  /** Checks the hash of a finished partial and moves it into the store; throws away what does not match. */
  finishPartial(sha256: string): Promise<FileCard>
}
