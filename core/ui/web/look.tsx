import { App, ConfigProvider, theme, type ThemeConfig } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { palettes, type Look } from '../palette.ts'
import { useLanguage } from './texts.ts'

const remembered = 'fengsui.look'

const LookContext = createContext<[Look, (next: Look) => void]>(['dark', () => undefined])

/** Dark for the control room, light for the office; remembered by the browser. */
export function useLook(): [Look, (next: Look) => void] {
  return useContext(LookContext)
}

/** Ant Design's tokens and locale, and the same colours as CSS variables (`--ink`, `--panel`, …) for our own styles. */
export function LookProvider({ children }: { children: ReactNode }) {
  const [look, setLook] = useState<Look>(() => (localStorage.getItem(remembered) === 'light' ? 'light' : 'dark'))
  const [language] = useLanguage()

  useEffect(() => {
    const root = document.documentElement
    root.dataset.look = look
    root.style.colorScheme = look
    for (const [name, colour] of Object.entries(palettes[look])) root.style.setProperty(`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, colour)
  }, [look])
  useEffect(() => { dayjs.locale(language === 'zh' ? 'zh-cn' : 'en') }, [language])

  const value = useMemo<[Look, (next: Look) => void]>(() => [look, (next) => {
    localStorage.setItem(remembered, next)
    setLook(next)
  }], [look])
  const config = useMemo(() => tokens(look), [look])

  return (
    <LookContext value={value}>
      <ConfigProvider theme={config} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
        <App notification={{ placement: 'bottomRight' }} message={{ top: 64 }}>{children}</App>
      </ConfigProvider>
    </LookContext>
  )
}

function tokens(look: Look): ThemeConfig {
  const p = palettes[look]
  return {
    algorithm: look === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      fontFamily: '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif',
      fontSize: 14,
      borderRadius: 6,
      wireframe: false,
      // Ant Design then skips its transitions altogether; shortened by CSS, its menus never learn that they have ended.
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      colorPrimary: p.fill,
      colorInfo: p.accent,
      colorLink: p.accent,
      colorLinkHover: p.accent,
      colorLinkActive: p.accent,
      colorSuccess: p.good,
      colorWarning: p.warn,
      colorError: p.alarm,
      colorSuccessBg: p.goodGround,
      colorSuccessBorder: p.good,
      colorWarningBg: p.warnGround,
      colorWarningBorder: p.warn,
      colorErrorBg: p.alarmGround,
      colorErrorBorder: p.alarm,
      colorInfoBg: p.raised,
      colorInfoBorder: p.accent,
      colorBgLayout: p.ground,
      colorBgContainer: p.panel,
      colorBgElevated: p.raised,
      colorBgSpotlight: look === 'dark' ? '#2d3f57' : '#24344a',
      colorBorder: p.line,
      colorBorderSecondary: p.line,
      colorSplit: p.line,
      colorText: p.ink,
      colorTextHeading: p.ink,
      colorTextSecondary: p.inkSoft,
      colorTextTertiary: p.inkSoft,
      colorTextQuaternary: p.inkSoft,
      colorTextDescription: p.inkSoft,
      colorTextPlaceholder: p.inkSoft,
      colorTextLabel: p.inkSoft,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.16s',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', colorErrorBg: p.alarmGround, colorErrorHover: p.alarm, dangerColor: look === 'dark' ? '#1c0605' : '#ffffff' },
      Table: { headerBg: p.raised, headerColor: p.inkSoft, rowHoverBg: p.raised, cellPaddingBlockMD: 9, cellPaddingInlineMD: 10 },
      Tabs: { itemSelectedColor: p.accent, itemHoverColor: p.accent, inkBarColor: p.accent, itemActiveColor: p.accent },
      Segmented: { itemSelectedBg: p.fill, itemSelectedColor: '#ffffff', trackBg: p.raised, itemColor: p.inkSoft },
      Slider: { trackBg: p.accent, trackHoverBg: p.accent, handleColor: p.accent, railBg: p.line, railHoverBg: p.line },
      Pagination: { itemActiveBg: p.fill, itemActiveColor: '#ffffff', itemActiveColorHover: '#ffffff' },
      Select: { optionSelectedBg: look === 'dark' ? '#24476f' : '#dbe9fb', optionSelectedColor: p.ink },
      Radio: { buttonSolidCheckedColor: '#ffffff' },
    },
  }
}
