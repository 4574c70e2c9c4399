import type { Unsent, UnsentStore } from '../clientHub.ts'

const databaseName = 'fengsui.live'
const storeName = 'unsent'
/** Names this page; its lock tells other pages that it lives. */
const page = crypto.randomUUID()
const lockOf = (name: string) => `fengsui.live.${name}`

interface Row extends Unsent { key_: string; doc: string; page: string; at: number; owner: string }

let lastAt = 0
/** Rises even within one millisecond: edits of one page keep their order. */
function order(): number {
  lastAt = Math.max(lastAt + 0.001, Date.now())
  return lastAt
}

/**
 * Edits that wait, in the browser's IndexedDB, each under the page and the person that made it. A page holds a lock as
 * long as it lives; what a dead page left is taken over by the next that opens the document for the same person.
 */
export function browserStore(owner: () => string): UnsentStore {
  const opening = open()
  // Held until the page is gone.
  void navigator.locks?.request(lockOf(page), () => new Promise(() => undefined))

  async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await opening).transaction(storeName, mode)
    return finished(work(transaction.objectStore(storeName)))
  }

  return {
    async takeOver(doc) {
      const rows = ((await run('readonly', (store) => store.getAll())) as Row[]).filter((row) => row.doc === doc && row.owner === owner() && row.page !== page).sort((a, b) => a.at - b.at)
      const dead = new Set<string>()
      for (const name of new Set(rows.map((row) => row.page))) if (await isDead(name)) dead.add(name)
      const taken = rows.filter((row) => dead.has(row.page))
      for (const row of taken) await run('readwrite', (store) => store.put({ ...row, page }))
      return taken.map(({ id, key, value, update }) => ({ id, key, value, update }))
    },
    async add(doc, edit) {
      await run('readwrite', (store) => store.put({ ...edit, key_: `${doc} ${edit.id}`, doc, page, at: order(), owner: owner() } satisfies Row))
    },
    async remove(doc, id) {
      await run('readwrite', (store) => store.delete(`${doc} ${id}`))
    },
  }
}

function isDead(name: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true)
  return navigator.locks.request(lockOf(name), { ifAvailable: true }, (lock) => lock !== null)
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1)
  request.addEventListener('upgradeneeded', () => { request.result.createObjectStore(storeName, { keyPath: 'key_' }) })
  return finished(request)
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB')))
  })
}
