// Files that need the session's token: fetched, then handed to the browser to keep.
import { fetchFile } from './http'

/** The name a service gave a file. */
export function nameIn(disposition: string | null, fallback: string): string {
  const long = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  if (long) return decodeURIComponent(long)
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? fallback
}

/** Some browsers take a file only after the tap has long been over. */
const TAKEN_AFTER = 60_000

/** Fetch a file and let the browser save it. */
export async function download(path: string, fallback: string, sending: Parameters<typeof fetchFile>[1] = {}): Promise<void> {
  const { file, disposition } = await fetchFile(path, sending)
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = nameIn(disposition, fallback)
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), TAKEN_AFTER)
}
