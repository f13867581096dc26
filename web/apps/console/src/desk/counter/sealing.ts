// What waits on this device is encrypted; the key belongs to one account, cannot be taken out of this browser, and goes at sign-out.
import type { Sealed } from './entries'
import { database, kept, whose } from './store'

const opened = new Map<string, Promise<CryptoKey>>()

const makeOrFind = (mine: string): Promise<CryptoKey> => kept(async () => {
  const db = await database()
  const found = await db.get('keys', mine)
  if (found) return found
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  // Two tabs may get here together: the first key stays.
  const transaction = db.transaction('keys', 'readwrite')
  const first = await transaction.store.get(mine)
  if (!first) await transaction.store.put(made, mine)
  await transaction.done
  return first ?? made
})

function key(): Promise<CryptoKey> {
  const mine = whose()
  const known = opened.get(mine) ?? makeOrFind(mine)
  opened.set(mine, known)
  known.catch(() => opened.delete(mine))
  return known
}

/** After the key was wiped; the next thing that is sealed gets another. */
export const forgetKeys = (): void => opened.clear()

export async function seal(bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), bytes) }
}
export const unseal = async (sealed: Sealed): Promise<ArrayBuffer> => crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, await key(), sealed.data)
export const sealText = (text: string): Promise<Sealed> => seal(new TextEncoder().encode(text))
export const unsealText = async (sealed: Sealed): Promise<string> => new TextDecoder().decode(await unseal(sealed))
