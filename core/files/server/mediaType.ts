/**
 * What bytes are, from their first 4 KiB. A short table of what offices attach, instead of a library: it decides only
 * a label (nothing is ever shown inline), and never walks containers that a sender controls.
 */
export function mediaTypeOf(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  for (const [offset, magic, type] of signatures) if (text.startsWith(magic, offset)) return typeof type === 'string' ? type : type(text)
  return isText(head) ? 'text/plain' : 'application/octet-stream'
}

type Signature = [offset: number, magic: string, type: string | ((text: string) => string)]

const signatures: Signature[] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF8', 'image/gif'],
  [0, 'RIFF', (text) => ({ WEBP: 'image/webp', WAVE: 'audio/wav', 'AVI ': 'video/x-msvideo' })[text.slice(8, 12)] ?? 'application/octet-stream'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [0, 'BM', (text) => (text.slice(6, 10) === '\0\0\0\0' ? 'image/bmp' : 'application/octet-stream')],
  [4, 'ftyp', (text) => (/^(heic|heix|mif1)/.test(text.slice(8, 12)) ? 'image/heic' : text.startsWith('M4A', 8) ? 'audio/mp4' : 'video/mp4')],
  [0, '\x1aE\xdf\xa3', 'video/webm'],
  [0, 'OggS', 'audio/ogg'],
  [0, 'ID3', 'audio/mpeg'],
  [0, '\xff\xfb', 'audio/mpeg'],
  [0, '\xff\xf1', 'audio/aac'],
  [0, '#!AMR', 'audio/amr'],
  [0, 'fLaC', 'audio/flac'],
  [0, '%PDF-', 'application/pdf'],
  [0, 'PK\x03\x04', zipKind],
  [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-ole-storage'],
  [0, '7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  [0, 'Rar!\x1a\x07', 'application/vnd.rar'],
  [0, '\x1f\x8b', 'application/gzip'],
  [0, 'SQLite format 3\0', 'application/vnd.sqlite3'],
]

const office = 'application/vnd.openxmlformats-officedocument.'

function zipKind(text: string): string {
  if (text.includes('word/')) return `${office}wordprocessingml.document`
  if (text.includes('xl/')) return `${office}spreadsheetml.sheet`
  if (text.includes('ppt/')) return `${office}presentationml.presentation`
  if (text.startsWith('mimetypeapplication/epub+zip', 30)) return 'application/epub+zip'
  return 'application/zip'
}

/** Valid UTF-8 but for a character cut at the end, and no control characters but tab and line ends. */
function isText(head: Uint8Array): boolean {
  if (head.length === 0) return false
  const text = new TextDecoder('utf-8').decode(head)
  // oxlint-disable-next-line no-control-regex -- finding them is the point
  return !/[\0-\x08\x0e-\x1f]/.test(text) && !text.slice(0, -1).includes('\ufffd')
}
