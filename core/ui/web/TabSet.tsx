import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'

export interface Tab {
  key: string
  label: ReactNode
  content: () => ReactNode
}

/** Tabs that scroll sideways where the screen is narrow; the arrows walk them. Only the chosen one is drawn. */
export function TabSet({ label, tabs, onChange }: { label: string; tabs: readonly Tab[]; onChange?: (key: string) => void }) {
  const id = useId()
  const [chosen, setChosen] = useState(tabs[0]?.key ?? '')
  const shown = tabs.find((tab) => tab.key === chosen) ?? tabs[0]
  const choose = (key: string) => {
    setChosen(key)
    onChange?.(key)
  }
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = tabs[(tabs.findIndex((tab) => tab.key === shown?.key) + step + tabs.length) % tabs.length]
    if (!next) return
    choose(next.key)
    document.getElementById(`${id}${next.key}`)?.focus()
  }
  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={walk}>
        {tabs.map((tab) => (
          <button key={tab.key} id={`${id}${tab.key}`} type="button" role="tab" data-tab={tab.key} aria-selected={tab.key === shown?.key} aria-controls={`${id}panel`} tabIndex={tab.key === shown?.key ? 0 : -1} onClick={() => choose(tab.key)}>{tab.label}</button>
        ))}
      </div>
      <div id={`${id}panel`} role="tabpanel" aria-labelledby={`${id}${shown?.key}`}>{shown?.content()}</div>
    </>
  )
}
