import { Button } from 'antd'
import { useRef, useState, type MouseEvent } from 'react'
import { readProblem } from '../problem.ts'
import { ApiFault } from './api.ts'
import { currentLanguage, useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'
import { fileHref, uploadFile } from './upload.ts'

/**
 * A stored file to download. A browser says nothing when the answer to a download is a refusal: so the station is asked
 * first, what it says is shown in the file's place, and the same bytes may be given to it again.
 */
export function FileLink({ file, className }: { file: { sha256: string; name: string }; className?: string }) {
  const say = useText(uiTexts)
  const [fault, setFault] = useState<string | null>(null)
  const [sending, setSending] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const href = fileHref(file)

  const download = (event: MouseEvent) => {
    event.preventDefault()
    whyNot(href).then((why) => {
      setFault(why)
      if (why === null) Object.assign(document.createElement('a'), { href, download: file.name }).click()
    }).catch((error: unknown) => setFault(String(error)))
  }
  const giveAgain = (chosen: File | undefined) => {
    if (!chosen) return
    setSending(true)
    uploadFile(chosen, () => undefined, new AbortController().signal)
      .then((stored) => setFault(stored.sha256 === file.sha256 ? null : say('file.other', { name: chosen.name })), (error: unknown) => setFault(error instanceof Error ? error.message : String(error)))
      .finally(() => setSending(false))
  }
  return (
    <span className={className}>
      <a href={href} download={file.name} onClick={download}>{file.name}</a>
      {fault === null ? null : <span className="field-fault" role="alert"> {fault} </span>}
      {fault === null ? null : <>
        <input ref={picker} type="file" hidden aria-label={say('file.again')} onChange={(event) => { giveAgain(event.target.files?.[0]); event.target.value = '' }} />
        <Button size="small" loading={sending} onClick={() => picker.current?.click()}>{say('file.again')}</Button>
      </>}
    </span>
  )
}

/** Why a file cannot be had, in the station's words; null when it can. */
async function whyNot(href: string): Promise<string | null> {
  const answer = await fetch(href, { headers: { range: 'bytes=0-0', 'accept-language': currentLanguage() } }).catch(() => null)
  if (answer?.ok) return null
  return new ApiFault(readProblem(answer?.status ?? 0, await answer?.json().catch(() => null))).message
}
