// Looks again and again at something that changes by itself: one look at a time, and none once the page is left.
import { onBeforeUnmount } from 'vue'

/** `look` says after how many milliseconds it wants to look again; undefined: it has seen enough. */
export function useLooking(look: () => Promise<number | undefined>) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let newest = 0
  let gone = false

  function stop(): void {
    newest += 1
    clearTimeout(timer)
  }
  function later(pause: number): void {
    stop()
    if (!gone) timer = setTimeout(() => void begin(), pause)
  }
  /** Look now; whatever was to be looked at later is looked at from here on. */
  async function begin(): Promise<void> {
    stop()
    if (gone) return
    const mine = newest
    const pause = await look()
    if (pause !== undefined && mine === newest) later(pause)
  }

  onBeforeUnmount(() => {
    gone = true
    stop()
  })
  return { begin, later, stop }
}
