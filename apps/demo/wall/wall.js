// The wall's one script: looks at the stations every three seconds and draws what changed.
const words = {
  zh: { open: '打开 ↗', down: '尚未应答', online: '正常', offline: '没有应答', region: '自治区', prefecture: '地州市', county: '县市区', scene: '现场', department: '部门', duty: '值班员', leader: '带班领导', admin: '系统', security: '安全', audit: '审计', signIn: '登录', language: 'EN' },
  en: { open: 'Open ↗', down: 'no answer yet', online: 'healthy', offline: 'does not answer', region: 'region', prefecture: 'prefecture', county: 'county', scene: 'scene', department: 'department', duty: 'Duty', leader: 'Leader', admin: 'System', security: 'Security', audit: 'Audit', signIn: 'Sign in', language: '中文' },
}
const oneClick = ['duty', 'leader', 'admin']
let language = localStorage.getItem('fengsui.wall.language') ?? (navigator.language.startsWith('zh') ? 'zh' : navigator.language.startsWith('en') ? 'en' : 'zh')
const sections = new Map()

function section(station) {
  const known = sections.get(station.key)
  if (known) return known
  const root = document.querySelector('#station').content.firstElementChild.cloneNode(true)
  const find = (selector) => root.querySelector(selector)
  const made = { root, light: find('.light'), name: find('h2'), what: find('.what'), open: find('.open'), frame: find('iframe'), down: find('.down'), buttons: new Map(), shown: false }
  const url = `http://${location.hostname}:${station.port}/`
  made.open.href = url
  made.frame.title = station.name
  for (const account of oneClick) {
    const button = document.createElement('button')
    button.type = 'button'
    button.addEventListener('click', () => { void signIn(station, account, made, button) })
    made.buttons.set(account, button)
    find('.sign-in').append(button)
  }
  document.querySelector('#stations').append(root)
  sections.set(station.key, made)
  return made
}

async function signIn(station, account, made, button) {
  button.disabled = true
  try {
    const answer = await fetch(`/sign-in?station=${station.key}&account=${account}`, { method: 'POST' })
    if (!answer.ok) throw new Error(await answer.text())
    const { url } = await answer.json()
    if (document.body.classList.contains('cards')) window.open(url, `fengsui-${station.key}`)
    else made.frame.src = url
  } catch (fault) {
    made.down.hidden = false
    made.down.textContent = fault.message
  } finally {
    button.disabled = false
  }
}

function draw(station) {
  const text = words[language]
  const made = section(station)
  const up = station.health?.ok === true
  made.light.classList.toggle('good', up)
  made.light.setAttribute('aria-label', up ? text.online : text.offline)
  made.light.title = up ? text.online : text.offline
  made.name.textContent = station.name
  made.what.textContent = `${text[station.kind === 'department' ? 'department' : station.health?.level] ?? ''} ${station.address} · :${station.port}`
  made.open.textContent = text.open
  for (const [account, button] of made.buttons) {
    button.textContent = text[account]
    button.title = `${text.signIn}: ${account}`
  }
  made.down.textContent = text.down
  made.down.hidden = up
  if (up && !made.shown && !document.body.classList.contains('cards')) {
    made.shown = true
    made.frame.src = made.open.href
  }
}

let last = { items: [] }
async function look() {
  try {
    last = await (await fetch('/api/wall')).json()
  } catch {
    last = { items: last.items.map((station) => ({ ...station, health: null })) }
  }
  last.items.forEach(draw)
}

function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = language === 'zh' ? '烽燧 · 演示墙' : 'Fengsui · demo wall'
  for (const element of document.querySelectorAll('[data-zh]')) element.textContent = element.dataset[language]
  document.querySelector('#language').textContent = words[language].language
  last.items.forEach(draw)
}

function show(view) {
  document.body.classList.toggle('cards', view === 'cards')
  for (const button of document.querySelectorAll('#view button')) button.setAttribute('aria-pressed', String(button.dataset.view === view))
  localStorage.setItem('fengsui.wall.view', view)
  last.items.forEach(draw)
}

document.querySelector('#language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh'
  localStorage.setItem('fengsui.wall.language', language)
  speak()
})
for (const button of document.querySelectorAll('#view button')) button.addEventListener('click', () => show(button.dataset.view))
const beijing = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' })
setInterval(() => { document.querySelector('#clock').textContent = `${beijing.format(new Date())} 北京时间` }, 500)
speak()
show(localStorage.getItem('fengsui.wall.view') ?? 'consoles')
await look()
setInterval(() => { void look() }, 3000)
