// What a person has typed and not yet sent, kept on this device so that a reload or an ended session loses nothing.
import { onBeforeUnmount, reactive, watch } from 'vue'

import { read, write } from './keep'
import { session } from './session'

const INDEX = 'drafts'
const DAYS_KEPT = 7
const DAY = 24 * 60 * 60 * 1000
const PAUSE = 300

interface Kept<T> {
  owner: string
  at: number
  value: T
}

/** Whose drafts these are: a person's own are not shown to the next person at this device. */
const owner = () => session.state.tokens?.account.id ?? ''
const place = (name: string) => `draft.${session.state.tenant}.${name}`

function listed(): string[] {
  return read<string[]>(INDEX) ?? []
}

function keep(where: string, kept: Kept<unknown>): void {
  write(where, kept)
  if (!listed().includes(where)) write(INDEX, [...listed(), where])
}

function forget(where: string): void {
  write(where, undefined)
  write(INDEX, listed().filter((one) => one !== where))
}

function recover<T extends object>(where: string): T | undefined {
  const kept = read<Kept<T>>(where)
  if (!kept) return undefined
  const strange = kept.owner !== '' && owner() !== '' && kept.owner !== owner()
  if (!strange && Date.now() - kept.at < DAYS_KEPT * DAY) return kept.value
  forget(where)
  return undefined
}

/** A form's values that survive a reload; `done` forgets them once they were sent. */
export function useDraft<T extends object>(name: string, initial: T) {
  const where = place(name)
  const found = recover<Partial<T>>(where)
  const values = reactive({ ...initial, ...found }) as T
  let whose = owner()
  let timer: ReturnType<typeof setTimeout> | undefined
  let finished = false

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    if (!finished) keep(where, { owner: whose, at: Date.now(), value: values })
  }
  function later(): void {
    finished = false
    whose = owner() || whose
    clearTimeout(timer)
    timer = setTimeout(save, PAUSE)
  }
  function done(): void {
    finished = true
    clearTimeout(timer)
    timer = undefined
    forget(where)
  }

  const leaving = () => timer !== undefined && save()

  watch(values, later, { deep: true, flush: 'sync' })
  // A reload, and the phone's way to another app, unmount nothing.
  addEventListener('pagehide', leaving)
  document.addEventListener('visibilitychange', leaving)
  onBeforeUnmount(() => {
    leaving()
    removeEventListener('pagehide', leaving)
    document.removeEventListener('visibilitychange', leaving)
  })
  return { values, recovered: found !== undefined, done }
}

/** Forget every draft on this device: the person signs out. */
export function forgetDrafts(): void {
  listed().forEach((where) => write(where, undefined))
  write(INDEX, undefined)
}
