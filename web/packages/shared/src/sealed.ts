// What only its owner may read on a phone that others use too: encrypted in IndexedDB, under a key of each account
// that cannot be taken out of this browser. Where a browser has neither, nothing is kept beyond the open page.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

export interface Kept { value: unknown; at: number }
interface Row { whose: string; name: string; at: number; iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }
interface SealedStore extends DBSchema {
  rows: { key: [string, string]; value: Row; indexes: { whose: string } }
  keys: { key: string; value: CryptoKey }
}

const DATABASE = 'huzhu-sealed'
const CIPHER = 'AES-GCM'
const keys = new Map<string, Promise<CryptoKey>>()
let opened: Promise<IDBPDatabase<SealedStore>> | undefined

/** Pages that came over plain HTTP from another machine have no cipher; private windows of old browsers no store. */
const possible = (): boolean => typeof indexedDB !== 'undefined' && crypto.subtle !== undefined

function database(): Promise<IDBPDatabase<SealedStore>> {
  opened ??= openDB<SealedStore>(DATABASE, 1, {
    upgrade(db) {
      db.createObjectStore('rows', { keyPath: ['whose', 'name'] }).createIndex('whose', 'whose')
      db.createObjectStore('keys')
    },
  })
  // Where there is no room to open it, the next try may find some.
  opened.catch(() => { opened = undefined })
  return opened
}

async function makeOrFind(whose: string): Promise<CryptoKey> {
  const db = await database()
  const found = await db.get('keys', whose)
  if (found) return found
  const made = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt'])
  // Two tabs may get here together: the first key stays.
  const transaction = db.transaction('keys', 'readwrite')
  const first = await transaction.store.get(whose)
  if (!first) await transaction.store.put(made, whose)
  await transaction.done
  return first ?? made
}

function keyOf(whose: string): Promise<CryptoKey> {
  const known = keys.get(whose) ?? makeOrFind(whose)
  keys.set(whose, known)
  known.catch(() => keys.delete(whose))
  return known
}

/** Everything of one owner; what cannot be opened any more is forgotten. */
export async function unsealAll(whose: string): Promise<Map<string, Kept>> {
  const found = new Map<string, Kept>()
  if (!possible()) return found
  const db = await database()
  for (const row of await db.getAllFromIndex('rows', 'whose', whose)) {
    try {
      const text = await crypto.subtle.decrypt({ name: CIPHER, iv: row.iv }, await keyOf(whose), row.data)
      found.set(row.name, { value: JSON.parse(new TextDecoder().decode(text)), at: row.at })
    } catch {
      await db.delete('rows', [whose, row.name])
    }
  }
  return found
}

/** Keep something sealed. */
export async function seal(whose: string, name: string, kept: Kept): Promise<void> {
  if (!possible()) return
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const text = new TextEncoder().encode(JSON.stringify(kept.value))
  const data = await crypto.subtle.encrypt({ name: CIPHER, iv }, await keyOf(whose), text)
  await (await database()).put('rows', { whose, name, at: kept.at, iv, data })
}

export async function unkeep(whose: string, name: string): Promise<void> {
  if (possible()) await (await database()).delete('rows', [whose, name])
}

/** The owners of whom nothing was kept since. */
export async function ownersBefore(then: number): Promise<string[]> {
  if (!possible()) return []
  const newest = new Map<string, number>()
  for (const row of await (await database()).getAll('rows')) newest.set(row.whose, Math.max(row.at, newest.get(row.whose) ?? 0))
  return [...newest].filter(([, at]) => at < then).map(([whose]) => whose)
}

/** Wipe all of the owners that are meant, their keys first: what a copy of the disk still holds cannot be opened. */
export async function wipeSealed(meant: (whose: string) => boolean): Promise<void> {
  for (const whose of [...keys.keys()].filter(meant)) keys.delete(whose)
  if (!possible()) return
  const db = await database()
  for (const whose of (await db.getAllKeys('keys')).filter(meant)) await db.delete('keys', whose)
  for (const place of (await db.getAllKeys('rows')).filter(([whose]) => meant(whose))) await db.delete('rows', place)
}
