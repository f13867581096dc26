// Who of the union's staff did something: services say an account's id or user name, staff read the colleague's full name.
import { shallowReactive } from 'vue'

import { call, session } from '@huzhu/shared'
import type { IdentityColleagueRead } from '@huzhu/shared/api'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MOST = 100

const names = shallowReactive(new Map<string, string>())
const asked = new Set<string>()
let waiting: string[] = []
let of = ''

async function look(): Promise<void> {
  const some = waiting.splice(0, MOST)
  if (waiting.length) void look()
  const mine = of
  const query = new URLSearchParams(some.map((one) => [ID.test(one) ? 'account' : 'user_name', one]))
  try {
    const found = await call<IdentityColleagueRead[]>(`/api/identity/staff/colleagues?${query}`)
    if (mine !== of) return
    for (const one of found) for (const key of [one.id, one.user_name]) if (one.name) names.set(key, one.name)
  } catch {
    // The page stands with what it has; the next one asks again.
    for (const one of some) asked.delete(one)
  }
}

/** The full name behind an id or user name, as soon as it is known; else what the page would say without it. */
export function colleague(who: string | null | undefined, otherwise?: string | null): string {
  const instead = otherwise || (who && !ID.test(who) ? who : '')
  if (!who || session.account.value?.kind !== 'staff') return instead
  const mine = `${session.state.tenant}/${session.account.value.id}`
  if (of !== mine) { of = mine; names.clear(); asked.clear(); waiting = [] }
  if (!asked.has(who)) {
    asked.add(who)
    if (!waiting.length) queueMicrotask(() => void look())
    waiting.push(who)
  }
  return names.get(who) ?? instead
}
