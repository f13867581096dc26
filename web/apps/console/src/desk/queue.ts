// A desk's claims one after the other: through the queue as its list was last searched and sorted, past what was left.
import { call, type Filter, type Page, queryOf, session } from '@huzhu/shared'
import type { ClaimsQueuedClaim } from '@huzhu/shared/api'

/** What the list was last asked for stays in the tab, also over a reload of a claim's page. */
const place = () => `huzhu.queue.${session.state.tenant}`
function asked(): Filter {
  try {
    return JSON.parse(sessionStorage.getItem(place()) ?? '{}') as Filter
  } catch {
    return {}
  }
}
/** Claims that were left for later by going on to the next one, until the end of the queue was reached. */
const passed = new Set<string>()

/** The claims that wait for whoever is signed in, filtered and sorted; a name goes in the body, never in an address. */
export const searchQueue = (filter: Filter, query: string) => call<Page<ClaimsQueuedClaim>>(`/api/claims/queue/search${query}`, { method: 'POST', json: filter })

/** The queue as its list shows it: from now on the next claim is that of this list. */
export function workThrough(filter: Filter): void {
  if (JSON.stringify(filter) === JSON.stringify(asked())) return
  passed.clear()
  try {
    sessionStorage.setItem(place(), JSON.stringify(filter))
  } catch {
    // A browser without storage goes on through the whole queue.
  }
}
/** The address of that list; a name in its filter is kept in the tab by the list itself. */
export function queueAddress(): string {
  const { name: _, ...open } = asked()
  return `/${session.state.tenant}/queue${queryOf(open)}`
}
/** The claim that comes after one in the queue, for who works through it: free, or one's own, and not passed over before. */
export async function passOver(claim: string): Promise<string | undefined> {
  passed.add(claim)
  for (let cursor: string | null | undefined; ;) {
    const page = await searchQueue(asked(), queryOf({ limit: 50, cursor }))
    const found = page.items.find((task) => !passed.has(task.claim_id) && task.mine && (!task.handler_id || task.handler_id === session.account.value?.id))
    if (found) return found.claim_id
    if (!page.next_cursor) break
    cursor = page.next_cursor
  }
  passed.clear()
  return undefined
}
