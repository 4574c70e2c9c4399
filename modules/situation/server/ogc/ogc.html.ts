import type { Language } from '#core/http/server/problem.ts'
import type { Sentence } from '#core/kernel/index.ts'

/** Text that is markup already. Everything else put into a template is escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Piece = Markup | string | number | null | undefined | Piece[]

export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + markupOf(pieces[i - 1]) + part))
}

function markupOf(piece: Piece): string {
  if (piece instanceof Markup) return piece.text
  if (Array.isArray(piece)) return piece.map(markupOf).join('')
  return piece === null || piece === undefined ? '' : escapeHtml(String(piece))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Controls, and marks that turn the direction of reading, are shown as what they are: nothing reads otherwise than it is. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => entities[character]!)
    // oxlint-disable-next-line no-control-regex -- control characters are the very thing being replaced
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}

export interface Crumb {
  title: string
  href: string
}

export interface PageParts {
  language: Language
  title: string
  crumbs: Crumb[]
  /** The same as data. */
  json: string
  body: Markup
}

/** A whole page: no script, style within, readable on a phone and on paper, in the dark and in the light. */
export function htmlPage({ language, title, crumbs, json, body }: PageParts): string {
  const say = speaker(language)
  return html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${say({ zh: '烽燧', en: 'Fengsui' })}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<nav>${crumbs.map((crumb) => html`<a href="${crumb.href}">${crumb.title}</a> › `)}<span>${title}</span></nav>
<a class="data" href="${json}">JSON</a>
</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text
}

export const speaker = (language: Language) => (sentence: Sentence): string => sentence[language]

/** Colours have 4.5 : 1 on their ground in both schemes. */
const style = `
:root { color-scheme: light dark; --ink: #1a2230; --ground: #ffffff; --soft: #f2f5f9; --line: #c5cedb; --link: #0b57b0; --muted: #55606f }
@media (prefers-color-scheme: dark) { :root { --ink: #e3eaf4; --ground: #0d1520; --soft: #162130; --line: #33445a; --link: #7fb6ff; --muted: #a3b1c2 } }
* { box-sizing: border-box }
body { margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--ink); font: 16px/1.6 "Noto Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif }
header { display: flex; justify-content: space-between; gap: 16px; padding: 12px 24px; background: var(--soft); border-bottom: 1px solid var(--line) }
main { max-width: 1760px; margin: 0 auto; padding: 16px 24px 48px }
h1 { font-size: 24px; margin: 8px 0 16px } h2 { font-size: 18px; margin: 28px 0 8px }
a { color: var(--link) } .data { white-space: nowrap } .muted { color: var(--muted) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-bottom: 1px solid var(--line) }
th { background: var(--soft) } .list th, .list td { white-space: nowrap } .list .long { white-space: normal; min-width: 280px } .facts th { width: 30%; min-width: 110px } code, pre { font-family: ui-monospace, Consolas, monospace; font-size: 14px; overflow-wrap: anywhere; white-space: pre-wrap }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 8px 0 } label { display: grid; gap: 2px; flex: 1 1 260px }
input, button { font: inherit; padding: 6px 10px; color: inherit; background: var(--ground); border: 1px solid var(--muted); border-radius: 4px } button { background: var(--soft); cursor: pointer }
.pages { display: flex; flex-wrap: wrap; gap: 16px; align-items: center; margin: 12px 0 }
@media (max-width: 600px) { header, main { padding-left: 16px; padding-right: 16px } }
@media print { header a, form { display: none } }
`
