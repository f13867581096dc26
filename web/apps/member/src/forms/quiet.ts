// Sends what was typed by itself, a moment after the last key: a draft lies with the server, not on the phone.
import { computed, type ComputedRef, onBeforeUnmount, ref, watch } from 'vue'

import { type FieldFault, Problem, session } from '@huzhu/shared'

const PAUSE = 1500
const AGAIN = 10_000
const REFUSED = 422

interface Change { code: string; stay: number | null; value: string }
const placed = (one: Change): string => (one.stay ? `stays.${one.stay}.${one.code}` : one.code)

/** `hand` sends; it is told which places the server has refused as they stand. One edit at a time, also those of others. */
export function useQuiet(changes: ComputedRef<readonly Change[]>, hand: (refused: ReadonlySet<string>) => Promise<unknown>) {
  /** What the server does not take, with the value that it refused: it stands here until it reads otherwise. */
  const refused = ref(new Map<string, FieldFault & { value: string | undefined }>())
  const faults = computed<FieldFault[]>(() => [...refused.value.values()])
  /** No answer came: what is typed lies here, and is sent again by itself. */
  const away = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let before: Promise<unknown> = Promise.resolve()
  let gone = false

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = before.then(work, work)
    before = mine.catch(() => undefined)
    return mine
  }

  /** What stands at a place now; a form without stays may be told its places with what leads to them. */
  const valueAt = (place: string) =>
    (changes.value.find((one) => placed(one) === place) ?? changes.value.find((one) => !one.stay && place.endsWith(`.${one.code}`)))?.value
  const typed = () => changes.value.map((one) => `${one.stay ?? ''}.${one.code}=${one.value}`).join('\n')

  /** Keep what was refused, for its fields to say so; true if it was not known. */
  function told(error: Problem): boolean {
    if (error.status !== REFUSED) return false
    const wrong = error.faults.filter((one) => !refused.value.has(one.field))
    refused.value = new Map([...refused.value, ...wrong.map((one) => [one.field, { ...one, value: valueAt(one.field) }] as const)])
    return wrong.length > 0
  }

  /** Send what was typed because somebody asks for it: all of it, and what is wrong is told at once. */
  async function handNow(work: () => Promise<unknown> = () => hand(new Set())): Promise<void> {
    clearTimeout(timer)
    try {
      await inTurn(work)
      refused.value = new Map()
      away.value = false
    } catch (error) {
      if (error instanceof Problem) told(error)
      throw error
    }
  }

  async function keep(): Promise<void> {
    if (gone || !changes.value.length || !session.state.tokens) return
    away.value = !navigator.onLine
    if (away.value) return later(AGAIN)
    const sent = typed()
    try {
      await inTurn(() => hand(new Set(refused.value.keys())))
      away.value = false
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      away.value = error.passing
      if (error.later) later(AGAIN)
      // The answer is about what was typed then: what was put right meanwhile is on its way by itself.
      if (typed() !== sent) return
      // What is not right yet stays here; the rest is sent without it.
      if (told(error)) later(0)
    }
  }
  function later(pause: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void keep(), pause)
  }

  watch(
    typed,
    (now, before) => {
      // What was refused is tried again once it reads otherwise.
      refused.value = new Map([...refused.value].filter(([place, one]) => valueAt(place) === one.value))
      const same = new Set((before ?? '').split('\n'))
      if (now.split('\n').some((one) => one && !same.has(one))) later(PAUSE)
    },
    // What an earlier visit could not send, too.
    { immediate: true },
  )
  const back = () => later(0)
  addEventListener('online', back)
  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
    removeEventListener('online', back)
  })
  return { faults, away, inTurn, handNow }
}
