// What a person has typed and not yet sent, kept sealed on this device so that a reload or an ended session loses nothing.
import { onBeforeUnmount, reactive, ref, watch } from 'vue'

import { isNoRoom, ofTab, read, write } from './keep'
import { type Kept, ownersBefore, seal, unkeep, unsealAll, wipeSealed } from './sealed'
import { session } from './session'

const HOUR = 60 * 60 * 1000
const KEPT = 7 * 24 * HOUR
/** Nobody signs out of what was typed before signing in. */
const KEPT_FOR_NOBODY = 2 * HOUR

/** What is kept, as the page has it; the sealed store follows. */
const known = new Map<string, Kept>()
const behind = new Set<string>()
let following: Promise<void> | undefined
let opening: { owner: string; done: Promise<void> } | undefined
let epoch = 0

/** This device has no room left: what is typed is on the page only. */
export const draftsFull = ref(false)

/** A person's drafts are not shown to the next person at this device; those of nobody only in the tab where they were typed. */
const whose = () => (session.state.tokens ? session.whose() : `${session.whose()}${ofTab('drafts')}`)
const isNobody = (owner: string) => owner.includes('/-')
const beside = (one: string, owner: string) => one.startsWith(owner.slice(0, owner.lastIndexOf('/') + 1))
const place = (owner: string, name: string) => `${owner}|${name}`
const fresh = (owner: string, kept: Kept) => Date.now() - kept.at < (isNobody(owner) ? KEPT_FOR_NOBODY : KEPT)

async function follow(): Promise<void> {
  for (const where of behind) {
    behind.delete(where)
    const cut = where.indexOf('|')
    const [owner, name] = [where.slice(0, cut), where.slice(cut + 1)]
    const kept = known.get(where)
    try {
      await (kept ? seal(owner, name, kept) : unkeep(owner, name))
      if (kept) draftsFull.value = false
    } catch (error) {
      // It costs the way back after a reload; what is typed is still on the page, which says so where there is no room.
      draftsFull.value ||= isNoRoom(error)
    }
  }
}

function changed(where: string): void {
  behind.add(where)
  following ??= follow().finally(() => {
    following = undefined
    if (behind.size) changed([...behind][0] ?? where)
  })
}

function keep(owner: string, name: string, value: unknown): void {
  known.set(place(owner, name), { value: JSON.parse(JSON.stringify(value)), at: Date.now() })
  changed(place(owner, name))
}

function forget(owner: string, name: string): void {
  if (known.delete(place(owner, name))) changed(place(owner, name))
}

/** Earlier versions kept drafts in the open: sealed now, or gone. */
function takeOver(owner: string): void {
  for (const where of read<string[]>('drafts') ?? []) {
    const kept = read<{ owner: string; at: number; value: unknown }>(where)
    const before = `draft.${session.state.tenant}.`
    if (kept?.owner && where.startsWith(before) && owner.endsWith(`/${kept.owner}`)) keep(owner, where.slice(before.length), kept.value)
    write(where, undefined)
  }
  write('drafts', undefined)
}

/** What goes when somebody opens this device: what others left, and what was typed here before signing in. */
async function notFor(owner: string): Promise<(one: string) => boolean> {
  const old = new Set(await ownersBefore(Date.now() - KEPT_FOR_NOBODY))
  const here = `${owner.slice(0, owner.lastIndexOf('/'))}/-${ofTab('drafts')}`
  if (owner !== here) for (const where of known.keys()) if (where.startsWith(`${here}|`)) known.delete(where)
  return (one) => {
    if (one === owner) return false
    if (isNobody(one)) return one.endsWith('/-') || one === here || old.has(one)
    return beside(one, owner) && !isNobody(owner)
  }
}

/** Make the drafts of whoever is at this device ready, before a page asks for them; those of others are wiped. Whoever comes while they
 * are being opened waits for them too. */
export function openDrafts(): Promise<void> {
  const owner = whose()
  if (opening?.owner !== owner) opening = { owner, done: unsealFor(owner) }
  return opening.done
}

async function unsealFor(owner: string): Promise<void> {
  try {
    await wipeSealed(await notFor(owner))
    for (const [name, kept] of await unsealAll(owner)) {
      if (fresh(owner, kept)) known.set(place(owner, name), known.get(place(owner, name)) ?? kept)
      else await unkeep(owner, name)
    }
  } catch {
    // Without the store a form begins empty.
  }
  takeOver(owner)
}

/** What is typed in a part that comes and goes while its page stands (a dialog); `stop` when it goes, `done` once it was sent. */
export function openDraft<T extends object>(name: string, initial: T) {
  const began = epoch
  let owner = whose()
  const kept = known.get(place(owner, name))
  const found = kept && fresh(owner, kept) ? (kept.value as Partial<T>) : undefined
  const values = reactive({ ...initial, ...found }) as T

  function save(): void {
    // Somebody signed out meanwhile: nothing of it stays here.
    if (began !== epoch) return
    // Who signs in takes along what nobody in particular typed; what somebody else typed stays theirs.
    if (session.state.tokens && owner !== whose()) {
      if (!isNobody(owner)) return
      forget(owner, name)
      owner = whose()
    }
    keep(owner, name, values)
  }

  const stop = watch(values, save, { deep: true, flush: 'sync' })
  return { values, recovered: found !== undefined, done: () => forget(owner, name), stop }
}

/** A form's values that survive a reload; `done` forgets them once they were sent. */
export function useDraft<T extends object>(name: string, initial: T) {
  const { stop, ...draft } = openDraft(name, initial)
  onBeforeUnmount(stop)
  return draft
}

/** Forget every draft of whoever is at this device: they sign out, or give their account up. */
export async function forgetDrafts(): Promise<void> {
  const owner = whose()
  epoch += 1
  opening = undefined
  for (const where of known.keys()) if (where.startsWith(`${owner}|`)) known.delete(where)
  behind.clear()
  await following
  try {
    await wipeSealed((one) => one === owner || (beside(one, owner) && isNobody(one)))
  } catch {
    // Nothing was kept where nothing can be wiped.
  }
}
