// Sends what was typed by itself, a moment after the last key: a draft lies with the server, not on the phone.
import { type ComputedRef, onBeforeUnmount, ref, watch } from 'vue'

import { Problem, session } from '@huzhu/shared'

const PAUSE = 1500
const AGAIN = 10_000

/** `hand` sends; it is told which places the server has refused as they stand. One edit at a time, also those of others. */
export function useQuiet(changes: ComputedRef<readonly { code: string; stay: number | null; value: string }[]>, hand: (refused: ReadonlySet<string>) => Promise<unknown>) {
  /** Something cannot be saved as it stands; everything else is. */
  const stuck = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let before: Promise<unknown> = Promise.resolve()
  let refused = new Set<string>()
  let gone = false

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = before.then(work, work)
    before = mine.catch(() => undefined)
    return mine
  }

  const typed = () => changes.value.map((one) => `${one.stay ?? ''}.${one.code}=${one.value}`).join('\n')

  async function keep(): Promise<void> {
    if (gone || !changes.value.length || !session.state.tokens) return
    if (!navigator.onLine) return later(AGAIN)
    const sent = typed()
    try {
      await inTurn(() => hand(refused))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.passing) later(AGAIN)
      // What is not right yet stays here; the rest is sent without it.
      const wrong = error.faults.map((one) => one.field).filter((place) => !refused.has(place))
      // The answer is about what was typed then: what was put right meanwhile is on its way by itself.
      if (typed() !== sent) return
      if (error.status === 422 && wrong.length) {
        refused = new Set([...refused, ...wrong])
        stuck.value = true
        later(0)
      }
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
      const same = new Set(before.split('\n'))
      const others = now.split('\n').filter((one) => one && !same.has(one))
      if (!others.length) return
      refused = new Set()
      stuck.value = false
      later(PAUSE)
    },
  )
  const back = () => later(0)
  addEventListener('online', back)
  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
    removeEventListener('online', back)
  })
  return { stuck, inTurn }
}
