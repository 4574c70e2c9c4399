import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

/** A long code to hand on, with a button that copies it; on plain http it selects it instead, for browsers forbid more. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const say = useText(uiTexts)
  const [copied, setCopied] = useState(false)
  const copy = async (field: HTMLTextAreaElement | null) => {
    field?.select()
    await navigator.clipboard?.writeText(text)
    setCopied(true)
  }
  return (
    <div className="copy-text">
      <Input.TextArea readOnly value={text} aria-label={label} autoSize={{ minRows: 2, maxRows: 10 }} className="mono" onFocus={(event) => event.target.select()} />
      <Button icon={copied ? <CheckOutlined /> : <CopyOutlined />} onClick={(event) => { void copy(event.currentTarget.parentElement?.querySelector('textarea') ?? null) }}>{say(copied ? 'copy.done' : 'copy.do')}</Button>
    </div>
  )
}
