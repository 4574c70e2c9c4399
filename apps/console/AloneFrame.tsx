import { BulbOutlined, TranslationOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useLook } from '#core/ui/web/look.tsx'
import type { StationFace } from '#core/ui/web/session.ts'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { consoleTexts } from './consoleTexts.ts'

/** The pages before one is signed in: the station's name above, one box below. */
export function AloneFrame({ station, title, children }: { station: StationFace; title: string; children: ReactNode }) {
  const say = useText(consoleTexts)
  const [look, setLook] = useLook()
  const [language, setLanguage] = useLanguage()
  const otherLook = look === 'dark' ? 'light' : 'dark'
  return (
    <main className="alone">
      <div className="alone-tools">
        <Button type="text" icon={<BulbOutlined />} aria-label={say(`top.look.${otherLook}`)} onClick={() => setLook(otherLook)} />
        <Button type="text" icon={<TranslationOutlined />} onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>{say('top.language')}</Button>
      </div>
      <div className="alone-head">
        <img src="/favicon.svg" alt="" width="56" height="56" />
        <p className="alone-name">{say('name')}</p>
        <p className="soft">{say('signIn.motto')}</p>
      </div>
      <section className="panel alone-box">
        <p className="alone-station"><strong>{station.name}</strong> <span className="soft small">{say(`top.level.${station.level}`)}</span></p>
        <h1 className="visually-hidden">{title}</h1>
        {children}
      </section>
    </main>
  )
}
