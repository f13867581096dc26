// Small values kept on this device; a browser that refuses storage costs comfort, not function.
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
