import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { useCodes, useDivisions, type DivisionItem } from './normsApi.ts'
import { reportTexts } from './reportTexts.ts'

interface PickerProps {
  id: string
  status: 'error' | ''
  'aria-describedby': string
}

/** 事件代码 by code or by name. */
export function CodePicker({ value, name, onPick, ...control }: PickerProps & { value: string; name: string; onPick: (code: string, name: string) => void }) {
  const say = useText(reportTexts)
  const [language] = useLanguage()
  const [q, setQ] = useState('')
  const codes = useCodes(useDeferredValue(q))
  const items = codes.data?.items ?? []
  const options = items.map((item) => ({ value: item.code, name: item.zh, label: `${item.code} ${language === 'zh' ? item.zh : item.en ?? item.zh}`, group: item.klassName }))
  return (
    <Select
      {...control} showSearch={{ filterOption: false, onSearch: setQ }} placeholder={say('code.search')} loading={codes.isFetching} style={{ width: '100%' }} popupMatchSelectWidth={440}
      value={value === '' ? undefined : { value, label: name === '' ? value : `${value} ${name}` }} labelInValue
      onChange={(_, option) => { if (option && !Array.isArray(option)) onPick(String(option.value), option.name) }}
      options={options} notFoundContent={say(codes.error ? 'code.fault' : 'code.none')}
      optionRender={(option) => <span className="row"><span className="grow">{option.data.label}</span><span className="soft small">{option.data.group}</span></span>}
    />
  )
}

/** 行政区划 by code, name or first letters of the pinyin (`wsx`). */
export function DivisionPicker({ value, name, near, onPick, ...control }: PickerProps & { value: string; name: string; near: string; onPick: (division: DivisionItem) => void }) {
  const say = useText(reportTexts)
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q)
  const divisions = useDivisions(asked, asked === '' ? near : undefined)
  const items = divisions.data?.items ?? []
  return (
    <Select
      {...control} showSearch={{ filterOption: false, onSearch: setQ }} placeholder={say('division.search')} loading={divisions.isFetching} style={{ width: '100%' }} popupMatchSelectWidth={440}
      value={value === '' ? undefined : { value, label: name === '' ? value : `${value} ${name.split(' ').slice(-2).join(' ')}` }} labelInValue
      onChange={(_, option) => { if (option && !Array.isArray(option)) onPick(option.item) }}
      options={items.map((item) => ({ value: item.code, label: item.name, item }))}
      notFoundContent={say(divisions.error ? 'division.fault' : 'division.none')}
      optionRender={(option) => <span className="row"><span>{option.data.label}</span><span className="soft small grow">{option.data.item.path}</span><span className="soft small digits">{option.data.item.code}</span></span>}
    />
  )
}
