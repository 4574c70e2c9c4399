import { createInstance, type i18n } from 'i18next'
import { useCallback } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'

/** zh-CN first, en beside it. */
export const languages = ['zh', 'en'] as const
export type Language = (typeof languages)[number]

/** One module's texts: the same flat keys in both languages; `{{name}}` is filled in. */
export interface Texts<Key extends string> {
  ns: string
  keys: readonly Key[]
}

/** Says one text in the language in use. */
export type Say<Key extends string> = (key: Key, values?: Record<string, string | number>) => string

/** One text without its screen: menus and titles say it when they are drawn. */
export interface Said {
  ns: string
  key: string
}

const remembered = 'fengsui.language'

export const wording: i18n = createInstance()
void wording.use(initReactI18next).init({
  lng: startLanguage(),
  fallbackLng: 'zh',
  initAsync: false,
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
})

/** Registers a module's texts; English that misses or adds a key does not compile. */
export function defineTexts<Zh extends Record<string, string>>(ns: string, zh: Zh, en: Record<keyof Zh, string>): Texts<keyof Zh & string> {
  wording.addResourceBundle('zh', ns, zh)
  wording.addResourceBundle('en', ns, en)
  return { ns, keys: Object.keys(zh) }
}

export function said<Key extends string>(texts: Texts<Key>, key: Key): Said {
  return { ns: texts.ns, key }
}

/** The texts of one module, in the language in use; redraws when it changes. */
export function useText<Key extends string>(texts: Texts<Key>): Say<Key> {
  const { t } = useTranslation(texts.ns, { i18n: wording })
  return useCallback((key, values) => t(key, values ?? {}), [t])
}

/** For texts that came as `Said`. */
export function useSay(): (text: Said) => string {
  const { t } = useTranslation(undefined, { i18n: wording })
  return useCallback((text) => t(text.key, { ns: text.ns }), [t])
}

/** Says one text outside React. */
export function sayNow<Key extends string>(texts: Texts<Key>, key: Key, values: Record<string, string | number> = {}): string {
  return wording.t(key, { ns: texts.ns, ...values })
}

export function currentLanguage(): Language {
  return wording.language === 'en' ? 'en' : 'zh'
}

export function useLanguage(): [Language, (next: Language) => void] {
  useTranslation(undefined, { i18n: wording })
  return [currentLanguage(), chooseLanguage]
}

function chooseLanguage(next: Language): void {
  localStorage.setItem(remembered, next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  void wording.changeLanguage(next)
}

function startLanguage(): Language {
  const language: Language = typeof localStorage !== 'undefined' && localStorage.getItem(remembered) === 'en' ? 'en' : 'zh'
  if (typeof document !== 'undefined') document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  return language
}
