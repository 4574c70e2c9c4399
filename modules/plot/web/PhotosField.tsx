import { CameraOutlined, CloseOutlined } from '@ant-design/icons'
import { App, Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useText } from '#core/ui/web/texts.ts'
import { fileHref, uploadFile } from '#core/ui/web/upload.ts'
import { plotTexts } from './plotTexts.ts'

const mostPhotos = 12

/** Photos of a stroke, by their hash: they go to the station at once and from there as files do. */
export function PhotosField({ photos, disabled, onChange }: { photos: readonly string[]; disabled: boolean; onChange: (next: string[]) => void }) {
  const say = useText(plotTexts)
  const { message } = App.useApp()
  const picker = useRef<HTMLInputElement>(null)
  const [share, setShare] = useState<number | null>(null)
  const stop = useRef(new AbortController())
  useEffect(() => { const controller = stop.current; return () => { controller.abort() } }, [])
  const send = async (files: readonly File[]) => {
    const kept = [...photos]
    try {
      for (const file of files.slice(0, mostPhotos - kept.length)) {
        setShare(0)
        const { sha256 } = await uploadFile(file, setShare, stop.current.signal)
        if (!kept.includes(sha256)) kept.push(sha256)
      }
      onChange(kept)
    } catch (error) {
      if (!(error instanceof DOMException)) void message.error(say('style.photoFault', { reason: error instanceof Error ? error.message : '' }))
    } finally {
      setShare(null)
    }
  }
  return (
    <div className="plot-photos">
      <span className="soft small">{say('style.photos')}</span>
      <ul className="plain-list row" aria-label={say('style.photos')}>
        {photos.map((sha256, i) => {
          const name = `${say('style.photos')} ${i + 1}`
          return (
            <li key={sha256} className="plot-photo">
              <a href={fileHref({ sha256, name: `${name}.jpg` })} target="_blank" rel="noreferrer">{name}</a>
              {disabled ? null : <Button type="text" size="small" icon={<CloseOutlined />} aria-label={`${say('style.removePhoto')} ${i + 1}`} onClick={() => { onChange(photos.filter((one) => one !== sha256)) }} />}
            </li>
          )
        })}
      </ul>
      <input ref={picker} type="file" accept="image/*" multiple hidden aria-label={say('style.addPhoto')} onChange={(event) => { void send([...event.target.files ?? []]); event.target.value = '' }} />
      {share === null ? <Button size="small" icon={<CameraOutlined />} disabled={disabled || photos.length >= mostPhotos} onClick={() => picker.current?.click()}>{say('style.addPhoto')}</Button> : <Progress percent={Math.round(share * 100)} size="small" />}
    </div>
  )
}
