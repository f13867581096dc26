// Values and papers wait on this device encrypted; the key cannot be taken out of this browser.
import type { Sealed } from './entries'
import { database } from './store'

let opened: Promise<CryptoKey> | undefined

async function makeOrFind(): Promise<CryptoKey> {
  const db = await database()
  const found = await db.get('keys', 'entries')
  if (found) return found
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  // Two tabs may get here together: the first key stays.
  const transaction = db.transaction('keys', 'readwrite')
  const first = await transaction.store.get('entries')
  if (!first) await transaction.store.put(made, 'entries')
  await transaction.done
  return first ?? made
}

const key = () => (opened ??= makeOrFind())

export async function seal(bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), bytes) }
}
export const unseal = async (sealed: Sealed): Promise<ArrayBuffer> => crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, await key(), sealed.data)
export const sealText = (text: string): Promise<Sealed> => seal(new TextEncoder().encode(text))
export const unsealText = async (sealed: Sealed): Promise<string> => new TextDecoder().decode(await unseal(sealed))
