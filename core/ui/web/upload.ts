import { readProblem } from '../problem.ts'
import { ApiFault } from './api.ts'
import { currentLanguage } from './texts.ts'

/** What the station says of a stored file. */
export interface StoredFile {
  sha256: string
  size: number
  mediaType: string
}

/** Sends one file, telling how far it is; `fetch` cannot tell, so this is an XMLHttpRequest. Cancel through the signal. */
export function uploadFile(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<StoredFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/files')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('accept-language', currentLanguage())
    request.responseType = 'text'
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total) })
    request.addEventListener('load', () => {
      const body = parse(request.responseText)
      if (request.status >= 200 && request.status < 300 && isStored(body)) resolve(body)
      else reject(new ApiFault(readProblem(request.status, body)))
    })
    request.addEventListener('error', () => reject(new ApiFault(readProblem(0, null))))
    request.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function isStored(body: unknown): body is StoredFile {
  return typeof body === 'object' && body !== null && 'sha256' in body && 'size' in body && 'mediaType' in body
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** `1.2 MB` */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
}

/** Where a stored file is downloaded, under the name its sender gave it. */
export function fileHref(file: { sha256: string; name: string }): string {
  return `/api/files/${file.sha256}?name=${encodeURIComponent(file.name)}`
}
