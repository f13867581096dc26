// An action that a double tap must not do twice: one run at a time, one Idempotency-Key until it has succeeded.
import { computed, ref, watch } from 'vue'

import { newKey } from './key'
import { Problem } from './problem'
import { session } from './session'

/** Return a function that runs `work` with a key, and whether it is running. */
export function useOnce<A extends unknown[], R>(work: (key: string, ...given: A) => Promise<R>) {
  const busy = ref(false)
  const problem = ref<Problem>()
  let key = newKey()
  let last = ''
  // Signed in again over the open page: that the session had ended is no longer so.
  watch(() => session.state.ended, (ended) => {
    if (!ended && problem.value?.status === 401) problem.value = undefined
  })

  async function run(...given: A): Promise<R | undefined> {
    if (busy.value) return undefined
    const asked = JSON.stringify(given)
    // What is asked differs from what failed: that is another action.
    if (asked !== last) key = newKey()
    last = asked
    busy.value = true
    problem.value = undefined
    try {
      const done = await work(key, ...given)
      key = newKey()
      return done
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
      // After a refusal the next try is a new one; after a lost answer it must be the same.
      if (!error.passing) key = newKey()
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, run }
}

/** Like useOnce for what may be asked again while it runs (another file chosen): one after another, none lost. */
export function useQueue<A extends unknown[], R>(work: (key: string, ...given: A) => Promise<R>) {
  const waiting = ref(0)
  const problem = ref<Problem>()
  let before: Promise<unknown> = Promise.resolve()

  function run(...given: A): Promise<R | undefined> {
    waiting.value += 1
    problem.value = undefined
    const mine = before.then(async () => {
      try {
        return await work(newKey(), ...given)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        problem.value = error
        return undefined
      } finally {
        waiting.value -= 1
      }
    })
    before = mine.catch(() => undefined)
    return mine
  }

  return { busy: computed(() => waiting.value > 0), problem, run }
}
