// Files that need the session's token: fetched, then handed to the browser to keep.
import { send } from './http'

/** The name a service gave a file. */
export function nameIn(disposition: string | null, fallback: string): string {
  const long = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  if (long) return decodeURIComponent(long)
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? fallback
}

/** Fetch a file and let the browser save it. */
export async function download(path: string, fallback: string, sending: Parameters<typeof send>[1] = {}): Promise<void> {
  const answer = await send(path, sending)
  const address = URL.createObjectURL(await answer.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = nameIn(answer.headers.get('Content-Disposition'), fallback)
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
