import type { Language } from '#core/http/server/problem.ts'
import type { Sentence } from '#core/kernel/index.ts'
import type { CqlType } from '#core/geo/cqlBind.ts'
import { geometryToWkt } from '#core/geo/cqlWkt.ts'
import { beijingSecond } from '#core/ui/beijingTime.ts'
import type { FeatureSource, OgcFeature } from '../../ogc.source.ts'
import { html, htmlPage, speaker, type Crumb, type Markup } from './ogc.html.ts'
import type { Link } from './ogc.links.ts'
import { ogcTexts as texts } from './ogc.texts.ts'

/** What every page knows: whom it speaks to, and where things are. */
export interface PageContext {
  language: Language
  root: string
  /** The address of the same as JSON. */
  json: string
}

export function landingPage(context: PageContext, { title, description, links }: { title: string; description: string; links: Link[] }): string {
  return page(context, title, [], html`<p>${description}</p>${linkList(links)}`)
}

export function conformancePage(context: PageContext, classes: readonly string[]): string {
  const say = speaker(context.language)
  return page(context, say(texts.conformance), home(context), html`<ul>${classes.map((uri) => html`<li><code>${uri}</code></li>`)}</ul>`)
}

export function collectionsPage(context: PageContext, sources: readonly FeatureSource[]): string {
  const say = speaker(context.language)
  return page(context, say(texts.collections), home(context), html`<div class="wide"><table>
<tr><th>${say(texts.collection)}</th><th>${say(texts.about)}</th><th></th></tr>
${sources.map((source) => html`<tr><td><a href="${collectionHref(context, source)}">${say(source.title)}</a></td><td>${say(source.description)}</td><td><a href="${collectionHref(context, source)}/items">${say(texts.features)}</a></td></tr>`)}
</table></div>`)
}

export interface CollectionFacts {
  bbox: readonly number[] | null
  interval: readonly (string | null)[] | null
  crs: readonly string[]
}

export function collectionPage(context: PageContext, source: FeatureSource, { bbox, interval, crs }: CollectionFacts): string {
  const say = speaker(context.language)
  const href = collectionHref(context, source)
  return page(context, say(source.title), [...home(context), collections(context)], html`<p>${say(source.description)}</p>
<ul><li><a href="${href}/items">${say(texts.features)}</a></li><li><a href="${href}/queryables">${say(texts.queryables)}</a></li></ul>
<h2>${say(texts.extent)}</h2><p><code>${bbox ? bbox.join(', ') : say(texts.none)}</code></p><p>${interval ? interval.map((end) => (end === null ? '…' : beijingSecond(Date.parse(end)))).join(' — ') : ''}</p>
<h2>${say(texts.crs)}</h2><ul>${crs.map((uri) => html`<li><code>${uri}</code></li>`)}</ul>`)
}

export function queryablesPage(context: PageContext, source: FeatureSource): string {
  const say = speaker(context.language)
  return page(context, say(texts.queryables), [...home(context), collections(context), collection(context, source)], html`<div class="wide"><table>
<tr><th>${say(texts.property)}</th><th>${say(texts.meaning)}</th><th>${say(texts.type)}</th><th>${say(texts.values)}</th></tr>
${Object.entries(source.queryables).map(([name, { type, title, values }]) => html`<tr><td><code>${name}</code></td><td>${say(title)}</td><td>${say(texts.types[type])}</td><td>${values?.join(', ')}</td></tr>`)}
</table></div>`)
}

export interface ItemsFacts {
  features: readonly OgcFeature[]
  matched: number
  offset: number
  next: string | null
  previous: string | null
  /** What was asked, to be asked again with one thing changed. */
  asked: Readonly<Record<string, string>>
}

export function itemsPage(context: PageContext, source: FeatureSource, { features, matched, offset, next, previous, asked }: ItemsFacts): string {
  const say = speaker(context.language)
  const href = collectionHref(context, source)
  const names = Object.keys(source.queryables).filter((name) => name !== 'geometry')
  const count = features.length === 0 ? say(texts.noneFound) : say({ zh: `共 ${matched} 个，显示第 ${offset + 1}–${offset + features.length} 个`, en: `${matched} found; showing ${offset + 1}–${offset + features.length}` })
  return page(context, `${say(source.title)} · ${say(texts.features)}`, [...home(context), collections(context), collection(context, source)], html`${(['bbox', 'datetime', 'filter'] as const).map((name) => askForm(say, name, asked, name === 'filter' ? source.example : ''))}
<div class="pages"><span>${count}</span>${previous ? html`<a href="${previous}" rel="prev">${say(texts.previous)}</a>` : ''}${next ? html`<a href="${next}" rel="next">${say(texts.next)}</a>` : ''}</div>
<div class="wide"><table class="list"><tr><th></th>${names.map((name) => html`<th title="${name}">${say(source.queryables[name]!.title)}</th>`)}</tr>
${features.map(({ id, properties }) => html`<tr><td><a href="${href}/items/${encodeURIComponent(id)}">${say(texts.open)}</a></td>${names.map((name) => cell(textOf(properties[name], source.queryables[name]!.type)))}</tr>`)}
</table></div>`)
}

/** One field a form: without script a form sends its empty fields, too. */
function askForm(say: (sentence: Sentence) => string, name: 'bbox' | 'datetime' | 'filter', asked: Readonly<Record<string, string>>, example: string): Markup {
  const kept = Object.entries(asked).filter(([other]) => other !== name && other !== 'offset' && other !== 'f')
  return html`<form method="get"><label>${say(texts.ask[name])}${example}<input name="${name}" value="${asked[name]}" required></label>${kept.map(([other, value]) => html`<input type="hidden" name="${other}" value="${value}">`)}<input type="hidden" name="f" value="html"><button>${say(texts.go)}</button></form>`
}

export function itemPage(context: PageContext, source: FeatureSource, feature: OgcFeature): string {
  const say = speaker(context.language)
  const wkt = feature.geometry ? geometryToWkt(feature.geometry) : say(texts.none)
  const { title, label, name } = feature.properties
  const heading = [title, label, name].find((text): text is string => typeof text === 'string' && text !== '') ?? feature.id
  return page(context, heading, [...home(context), collections(context), collection(context, source), { title: say(texts.features), href: `${collectionHref(context, source)}/items` }], html`<div class="wide"><table class="facts">
${Object.entries(feature.properties).map(([name, value]) => html`<tr><th>${source.queryables[name] ? say(source.queryables[name].title) : ''} <code>${name}</code></th><td>${textOf(value, source.queryables[name]?.type)}</td></tr>`)}
<tr><th>${say(texts.geometry)}</th><td><code>${wkt.length > 4_000 ? `${wkt.slice(0, 4_000)}…` : wkt}</code></td></tr>
</table></div>`)
}

export interface Operation {
  path: string
  summary: string
  parameters: { name: string; description: string }[]
}

export function apiPage(context: PageContext, operations: readonly Operation[]): string {
  const say = speaker(context.language)
  return page(context, say(texts.api), home(context), html`<p>${say(texts.apiText)} <a href="${context.root}/api">OpenAPI 3.0</a></p>
${operations.map(({ path, summary, parameters }) => html`<h2><code>GET /ogc${path}</code></h2><p>${summary}</p>${parameters.length > 0 ? html`<div class="wide"><table>${parameters.map((parameter) => html`<tr><th><code>${parameter.name}</code></th><td>${parameter.description}</td></tr>`)}</table></div>` : ''}`)}`)
}

function page({ language, json }: PageContext, title: string, crumbs: Crumb[], body: Markup): string {
  return htmlPage({ language, title, crumbs, json, body })
}

const linkList = (links: readonly Link[]) => html`<ul>${links.filter(({ rel }) => rel !== 'self' && rel !== 'alternate').map(({ href, title, type }) => html`<li><a href="${href}">${title}</a> <span class="muted">${type}</span></li>`)}</ul>`
const home = ({ language, root }: PageContext): Crumb[] => [{ title: texts.title[language], href: root }]
const collections = ({ language, root }: PageContext): Crumb => ({ title: texts.collections[language], href: `${root}/collections` })
const collectionHref = ({ root }: PageContext, { id }: FeatureSource): string => `${root}/collections/${id}`
const collection = (context: PageContext, source: FeatureSource): Crumb => ({ title: source.title[context.language], href: collectionHref(context, source) })

/** People read Beijing time; data is in UTC. */
function textOf(value: unknown, type?: CqlType): string {
  if (value === null || value === undefined) return ''
  if (type === 'instant' && typeof value === 'string') return beijingSecond(Date.parse(value))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const cell = (text: string): Markup => (text.length > 40 ? html`<td class="long">${text}</td>` : html`<td>${text}</td>`)
