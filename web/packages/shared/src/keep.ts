// Small values kept on this device; a browser that refuses storage costs comfort, not function.
import { newKey } from './key'

const PREFIX = 'huzhu.'
const memory = new Map<string, string>()

/** Return what was kept under a name. */
export function read<T>(name: string): T | undefined {
  let text: string | null | undefined
  try {
    text = localStorage.getItem(PREFIX + name)
  } catch {
    text = memory.get(name)
  }
  if (!text) return undefined
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}

/** Keep a value; undefined forgets it. */
export function write(name: string, value: unknown): void {
  const text = value === undefined ? undefined : JSON.stringify(value)
  try {
    if (text === undefined) localStorage.removeItem(PREFIX + name)
    else localStorage.setItem(PREFIX + name, text)
  } catch {
    if (text === undefined) memory.delete(name)
    else memory.set(name, text)
  }
}

/** A random name that only this tab has, also after a reload; another tab, and whoever opens one later, has another. */
export function ofTab(name: string): string {
  const place = `${PREFIX}tab.${name}`
  const known = memory.get(place)
  if (known) return known
  let found = newKey()
  try {
    found = sessionStorage.getItem(place) ?? found
    sessionStorage.setItem(place, found)
  } catch {
    // Without a store of its own the tab has its name until it is loaded again.
  }
  memory.set(place, found)
  return found
}

/** What a browser says when this device has no room left; some say it by giving the whole transaction up. */
const NO_ROOM = new Set(['QuotaExceededError', 'AbortError', 'UnknownError'])
export const isNoRoom = (error: unknown): boolean => error instanceof DOMException && NO_ROOM.has(error.name)
