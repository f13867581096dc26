// The counter's own store in this browser (IndexedDB): entries, their papers, the forms last seen, the key.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

import type { ClaimsKindRead } from '@huzhu/shared/api'

import type { Entry, Sealed } from './entries'

interface CounterStore extends DBSchema {
  entries: { key: string; value: Entry; indexes: { owner: string } }
  papers: { key: string; value: Sealed }
  kinds: { key: string; value: ClaimsKindRead[] }
  keys: { key: string; value: CryptoKey }
}

let opened: Promise<IDBPDatabase<CounterStore>> | undefined

export function database(): Promise<IDBPDatabase<CounterStore>> {
  opened ??= openDB<CounterStore>('huzhu-counter', 1, {
    upgrade(db) {
      db.createObjectStore('entries', { keyPath: 'id' }).createIndex('owner', 'owner')
      for (const name of ['papers', 'kinds', 'keys'] as const) db.createObjectStore(name)
    },
  })
  return opened
}

const KEPT_DAYS = 30

/** The entries of one account, the newest first; what was done long ago is forgotten. */
export async function entriesOf(owner: string, tenant: string): Promise<Entry[]> {
  const db = await database()
  const all = (await db.getAllFromIndex('entries', 'owner', owner)).filter((one) => one.tenant === tenant)
  const old = new Date(Date.now() - KEPT_DAYS * 86_400_000).toISOString()
  for (const one of all) if (one.state === 'done' && one.taken_at < old) await db.delete('entries', one.id)
  return all.filter((one) => one.state !== 'done' || one.taken_at >= old).sort((one, other) => other.taken_at.localeCompare(one.taken_at))
}

export const findEntry = async (id: string): Promise<Entry | undefined> => (await database()).get('entries', id)
export const keepEntry = async (entry: Entry): Promise<unknown> => (await database()).put('entries', entry)

export async function dropEntry(id: string, papers: readonly string[]): Promise<void> {
  const transaction = (await database()).transaction(['entries', 'papers'], 'readwrite')
  await Promise.all([transaction.objectStore('entries').delete(id), ...papers.map((paper) => transaction.objectStore('papers').delete(paper)), transaction.done])
}

export const keepPaper = async (id: string, sealed: Sealed): Promise<unknown> => (await database()).put('papers', sealed, id)
export const findPaper = async (id: string): Promise<Sealed | undefined> => (await database()).get('papers', id)
export const dropPaper = async (id: string): Promise<void> => (await database()).delete('papers', id)
export const keepKinds = async (tenant: string, kinds: ClaimsKindRead[]): Promise<unknown> => (await database()).put('kinds', kinds, tenant)
export const keptKinds = async (tenant: string): Promise<ClaimsKindRead[] | undefined> => (await database()).get('kinds', tenant)
