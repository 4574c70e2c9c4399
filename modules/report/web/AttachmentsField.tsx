import { PaperClipOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { onConnectionChange, connectionState } from '#core/ui/web/connection.ts'
import { FileLink } from '#core/ui/web/FileLink.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { Attachment } from '#core/kernel/index.ts'
import { reportTexts } from './reportTexts.ts'
import { sizeText, uploadFile } from '#core/ui/web/upload.ts'

interface Pending {
  key: string
  file: File
  share: number
  /** Why it stopped; null while it runs. */
  fault: string | null
  stop: AbortController
}

/** Files go to the station at once, each with its own progress, cancel and retry; the form keeps what has arrived. */
export function AttachmentsField({ attachments, onChange, onBusy }: { attachments: readonly Attachment[]; onChange: (change: (now: readonly Attachment[]) => Attachment[]) => void; onBusy: (running: number) => void }) {
  const say = useText(reportTexts)
  const picker = useRef<HTMLInputElement>(null)
  const [pending, setPending] = useState<Pending[]>([])
  const running = useRef(pending)
  useEffect(() => { running.current = pending }, [pending])
  useEffect(() => { onBusy(pending.length) }, [pending.length, onBusy])
  useEffect(() => () => { for (const one of running.current) one.stop.abort() }, [])

  const patch = (key: string, change: Partial<Pending>) => setPending((now) => now.map((one) => (one.key === key ? { ...one, ...change } : one)))
  const leave = (key: string) => setPending((now) => now.filter((one) => one.key !== key))
  const send = async (one: Pending) => {
    try {
      const stored = await uploadFile(one.file, (share) => patch(one.key, { share }), one.stop.signal)
      onChange((now) => [...now.filter((a) => a.sha256 !== stored.sha256), { sha256: stored.sha256, size: stored.size, mediaType: stored.mediaType, name: one.file.name.slice(0, 200) || say('file.unnamed') }])
      leave(one.key)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') leave(one.key)
      else patch(one.key, { fault: error instanceof Error ? error.message : say('file.fault') })
    }
  }
  const add = (files: readonly File[]) => {
    const fresh = files.map((file, i): Pending => ({ key: `${Date.now()}-${i}-${file.name}`, file, share: 0, fault: null, stop: new AbortController() }))
    setPending((now) => [...now, ...fresh])
    for (const one of fresh) void send(one)
  }
  const retry = (old: Pending) => {
    const again: Pending = { ...old, share: 0, fault: null, stop: new AbortController() }
    patch(old.key, again)
    void send(again)
  }

  // What a cut link has stopped goes on by itself when the station answers again.
  const retryAll = useRef(() => undefined as void)
  useEffect(() => { retryAll.current = () => { for (const one of running.current) if (one.fault) retry(one) } })
  useEffect(() => onConnectionChange(() => { if (connectionState() === 'up') retryAll.current() }), [])

  return (
    <div className="stack" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); add([...event.dataTransfer.files]) }}>
      <div className="row">
        <input ref={picker} type="file" multiple hidden aria-label={say('file.add')} onChange={(event) => { add([...event.target.files ?? []]); event.target.value = '' }} />
        <Button icon={<PaperClipOutlined />} onClick={() => picker.current?.click()}>{say('file.add')}</Button>
        <span className="soft small">{say('file.hint')}</span>
      </div>
      <ul className="plain-list stack" aria-label={say('section.attachments')}>
        {attachments.map((a) => (
          <li key={a.sha256} className="file-row">
            <FileLink className="grow" file={a} /><span className="soft small">{sizeText(a.size)}</span>
            <Button size="small" aria-label={say('file.removeOne', { name: a.name })} onClick={() => onChange((now) => now.filter((one) => one.sha256 !== a.sha256))}>{say('file.remove')}</Button>
          </li>
        ))}
        {pending.map((one) => (
          <li key={one.key} className="file-row">
            <span className="grow">{one.file.name} <span className="soft small">{sizeText(one.file.size)}</span>{one.fault ? <span className="field-fault" role="alert"> {one.fault}</span> : <Progress percent={Math.round(one.share * 100)} size="small" aria-label={one.file.name} />}</span>
            {one.fault ? <Button size="small" onClick={() => retry(one)}>{say('file.retry')}</Button> : null}
            <Button size="small" onClick={() => (one.fault ? leave(one.key) : one.stop.abort())}>{say('file.cancel')}</Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
