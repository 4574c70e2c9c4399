import { Button, Input, Space } from 'antd'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { useText } from '#core/ui/web/texts.ts'
import { fullTime } from './formState.ts'
import { reportTexts } from './reportTexts.ts'

/** A Beijing time typed in full or in short (`0209`), completed on leaving the field; quicker by keyboard than a calendar. */
export function TimeInput({ value, onChange, ...control }: { id: string; status: 'error' | ''; value: string; onChange: (value: string) => void; 'aria-describedby': string; 'aria-invalid': boolean }) {
  const say = useText(reportTexts)
  return (
    <Space.Compact block>
      <Input {...control} value={value} placeholder="2024-01-23 02:09" autoComplete="off" onChange={(event) => onChange(event.target.value)} onBlur={() => onChange(fullTime(value, Date.now()))} />
      <Button onClick={() => onChange(beijingMinute(Date.now()))}>{say('time.now')}</Button>
    </Space.Compact>
  )
}
