// The counter's own store in this browser (IndexedDB): entries, their papers, scans, the forms last seen, the keys.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

import { isNoRoom, Problem, session } from '@huzhu/shared'
import type { ClaimsKindRead } from '@huzhu/shared/api'

import { lastAccount } from '../whose'
import { say } from '../wording'
import type { Entry, Sealed } from './entries'

/** `whose`: the union and account that it belongs to; `at`: when it was put here. */
export type Kept = Sealed & { whose: string; at: number }

interface CounterStore extends DBSchema {
  entries: { key: string; value: Entry; indexes: { owner: string } }
  papers: { key: string; value: Kept; indexes: { whose: string } }
  scans: { key: string; value: Kept; indexes: { whose: string } }
  kinds: { key: string; value: ClaimsKindRead[] }
  keys: { key: string; value: CryptoKey }
}
type Store = IDBPDatabase<CounterStore>

const FIRST_KEY = 'entries'
let opened: Promise<Store> | undefined

/** The union and account at work, also while the session has ended under an open page. */
export const owner = (): string => (session.account.value ?? lastAccount.value)?.id ?? ''
export const whose = (): string => `${session.state.tenant}/${owner()}`

export function database(): Promise<Store> {
  opened ??= openDB<CounterStore>('huzhu-counter', 2, {
    async upgrade(db, before, _after, transaction) {
      if (before < 1) {
        db.createObjectStore('entries', { keyPath: 'id' }).createIndex('owner', 'owner')
        for (const name of ['papers', 'kinds', 'keys'] as const) db.createObjectStore(name)
      }
      db.createObjectStore('scans').createIndex('whose', 'whose')
      transaction.objectStore('papers').createIndex('whose', 'whose')
      if (before < 1) return
      // One key for all became a key for each account: those who have something waiting keep the one it is sealed with.
      const key = await transaction.objectStore('keys').get(FIRST_KEY)
      const owners = new Set((await transaction.objectStore('entries').getAll()).map((one) => `${one.tenant}/${one.owner}`))
      if (key) for (const one of owners) await transaction.objectStore('keys').put(key, one)
      await transaction.objectStore('keys').delete(FIRST_KEY)
    },
  })
  // Where there is no room to open it, the next try may find some.
  opened.catch(() => { opened = undefined })
  return opened
}

const KEPT_DAYS = 30
const DAY = 86_400_000

/** The entries of one account, the newest first; what was done long ago is forgotten. */
export async function entriesOf(account: string, tenant: string): Promise<Entry[]> {
  const db = await database()
  const all = (await db.getAllFromIndex('entries', 'owner', account)).filter((one) => one.tenant === tenant)
  const old = new Date(Date.now() - KEPT_DAYS * DAY).toISOString()
  for (const one of all) if (one.state === 'done' && one.taken_at < old) await db.delete('entries', one.id)
  return all.filter((one) => one.state !== 'done' || one.taken_at >= old).sort((one, other) => other.taken_at.localeCompare(one.taken_at))
}

export const findEntry = async (id: string): Promise<Entry | undefined> => (await database()).get('entries', id)

/** Say so in plain words where this device has no room left; what is on the page stays there. */
export async function kept<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isNoRoom(error)) throw error
    throw new Problem(507, 'counter.full', say('本机存储空间已满，没有保存。请清理磁盘，或联网同步后再试；页面上填写的内容还在。', 'This device has no room left: it was not saved. Free some space, or send what waits, and try again; what you typed is still on the page.'))
  }
}

/** Keep an entry; what somebody is typing meanwhile stays as it is. */
export const keepEntry = (entry: Entry): Promise<void> => kept(async () => {
  const transaction = (await database()).transaction('entries', 'readwrite')
  const now = await transaction.store.get(entry.id)
  await Promise.all([transaction.store.put({ ...entry, draft: now?.draft }), transaction.done])
})

/** Keep what is being typed; undefined: it was saved. `fresh` is the entry that this begins. */
export const keepDraft = (id: string, draft: Sealed | undefined, fresh?: Entry): Promise<void> => kept(async () => {
  const transaction = (await database()).transaction('entries', 'readwrite')
  const now = await transaction.store.get(id)
  const entry = now?.state === 'draft' ? (fresh ?? now) : (now ?? fresh)
  await Promise.all([entry && transaction.store.put({ ...entry, draft }), transaction.done])
})

export async function dropEntry(id: string, papers: readonly string[]): Promise<void> {
  const transaction = (await database()).transaction(['entries', 'papers'], 'readwrite')
  await Promise.all([transaction.objectStore('entries').delete(id), ...papers.map((paper) => transaction.objectStore('papers').delete(paper)), transaction.done])
}

export const keepPaper = (id: string, sealed: Sealed): Promise<unknown> => kept(async () => (await database()).put('papers', { ...sealed, whose: whose(), at: Date.now() }, id))
export const findPaper = async (id: string): Promise<Sealed | undefined> => (await database()).get('papers', id)
export const dropPaper = async (id: string): Promise<void> => (await database()).delete('papers', id)

/** Forget papers of this account that no entry names: they were chosen for a form that was never kept. */
export async function sweepPapers(named: ReadonlySet<string>): Promise<void> {
  const db = await database()
  for (const id of await db.getAllKeysFromIndex('papers', 'whose', whose())) {
    if (!named.has(id) && ((await db.get('papers', id))?.at ?? 0) < Date.now() - DAY) await db.delete('papers', id)
  }
}

export const keepScan = (id: string, sealed: Sealed): Promise<unknown> => kept(async () => (await database()).put('scans', { ...sealed, whose: whose(), at: Date.now() }, id))
export const keptScans = async (): Promise<Kept[]> => (await (await database()).getAllFromIndex('scans', 'whose', whose())).sort((one, other) => one.at - other.at)
export const dropScan = async (id: string): Promise<void> => (await database()).delete('scans', id)
export const keepKinds = async (tenant: string, kinds: ClaimsKindRead[]): Promise<unknown> => (await database()).put('kinds', kinds, tenant)
export const keptKinds = async (tenant: string): Promise<ClaimsKindRead[] | undefined> => (await database()).get('kinds', tenant)

/** Wipe all that this account has here, its key first: what a copy of the disk may still hold cannot be opened. */
export async function wipe(): Promise<void> {
  const [mine, db] = [whose(), await database()]
  await db.delete('keys', mine)
  const transaction = db.transaction(['entries', 'papers', 'scans'], 'readwrite')
  for (const one of await transaction.objectStore('entries').index('owner').getAll(owner())) {
    if (`${one.tenant}/${one.owner}` === mine) await transaction.objectStore('entries').delete(one.id)
  }
  for (const name of ['papers', 'scans'] as const) {
    for (const id of await transaction.objectStore(name).index('whose').getAllKeys(mine)) await transaction.objectStore(name).delete(id)
  }
  await transaction.done
}
