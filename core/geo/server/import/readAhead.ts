import { open, type FileHandle } from 'node:fs/promises'

const step = 256 * 1024

/** Reads a file from the front in pieces of any size, asking the disk in larger ones. */
export class ReadAhead {
  readonly size: number
  private readonly file: FileHandle
  private buffer = Buffer.alloc(0)
  private start = 0
  /** Of the file, where `buffer` ends. */
  private end = 0

  private constructor(file: FileHandle, size: number) {
    this.file = file
    this.size = size
  }

  static async open(path: string): Promise<ReadAhead> {
    const file = await open(path, 'r')
    return new ReadAhead(file, (await file.stat()).size)
  }

  get position(): number {
    return this.end - (this.buffer.length - this.start)
  }

  /** The next bytes where they are at hand; null: `load` them first. Valid until the next `load`. */
  take(bytes: number): Buffer | null {
    if (this.start + bytes > this.buffer.length) return null
    this.start += bytes
    return this.buffer.subarray(this.start - bytes, this.start)
  }

  /** Brings at least so many bytes to hand; false where the file has fewer. */
  async load(bytes: number): Promise<boolean> {
    const left = this.buffer.length - this.start
    if (left >= bytes) return true
    if (bytes > this.size - this.position) return false
    const next = Buffer.allocUnsafe(Math.min(Math.max(bytes, step), this.size - this.position))
    this.buffer.copy(next, 0, this.start)
    let filled = left
    while (filled < next.length) {
      const { bytesRead } = await this.file.read(next, filled, next.length - filled, this.end)
      if (bytesRead === 0) break
      filled += bytesRead
      this.end += bytesRead
    }
    this.buffer = next.subarray(0, filled)
    this.start = 0
    return filled >= bytes
  }

  async next(bytes: number): Promise<Buffer | null> {
    return (await this.load(bytes)) ? this.take(bytes) : null
  }

  async skip(bytes: number): Promise<void> {
    const left = this.buffer.length - this.start
    if (bytes <= left) this.start += bytes
    else {
      this.end = Math.min(this.size, this.end + bytes - left)
      this.buffer = Buffer.alloc(0)
      this.start = 0
    }
  }

  close(): Promise<void> {
    return this.file.close()
  }
}
