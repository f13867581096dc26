// An edit is sent under the version that was read. Where something newer stands there (the answer to an earlier try was lost, a
// paper was read meanwhile), that is taken and the edit sent again: nobody has to load the page anew to go on.
import { Problem } from './problem'

const NEWER = 412
const TRIES = 3

/** What is edited: as it is held here, how it is read anew, and where the newest goes. */
export interface Edited<T> {
  held: () => T | undefined
  read: () => Promise<T>
  take: (next: T) => void
}

/** Send `work` under the version held (it is called again for a newer one, so it reads what it sends each time). */
export async function edit<T extends { version: number }>(edited: Edited<T>, work: (match: string) => Promise<T | undefined>): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      const next = await work(`"${edited.held()?.version ?? 0}"`)
      if (next) edited.take(next)
      return
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== NEWER || left === 1) throw error
      edited.take(await edited.read())
    }
  }
}
