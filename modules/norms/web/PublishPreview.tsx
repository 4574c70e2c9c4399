import { Alert } from 'antd'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { nameOfNorm, valueInWords } from './normWords.ts'
import { normsTexts } from './normsTexts.ts'

export interface Preview {
  changes: { key: string; before: unknown; after: unknown }[]
  refused: { key: string; zh: string; en: string }[]
}

/** What a publication would change here, and what the stations above do not allow. */
export function PublishPreview({ preview }: { preview: Preview }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const { changes, refused } = preview
  return (
    <>
      {refused.length > 0 ? <Alert type="error" showIcon role="alert" title={say('form.refused', { n: refused.length })} description={<ul>{refused.map((r) => <li key={r.key}>{nameOfNorm(r.key, say)}: {r[language]}</li>)}</ul>} /> : null}
      {changes.length === 0 ? (refused.length === 0 ? <Alert type="info" showIcon title={say('form.changes.none')} /> : null) : (
        <Alert
          type="success" showIcon title={say('form.changes', { n: changes.length })}
          description={<dl className="facts">{changes.map((c) => <div key={c.key} style={{ display: 'contents' }}><dt>{nameOfNorm(c.key, say)}</dt><dd><s className="soft">{valueInWords(c.key, c.before, say, language)}</s> → <strong>{valueInWords(c.key, c.after, say, language)}</strong></dd></div>)}</dl>}
        />
      )}
    </>
  )
}
