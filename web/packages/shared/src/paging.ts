// Lists by cursor: one page in memory at a time, however long the list is.
import { computed, ref, shallowRef } from 'vue'

import { Problem } from './problem'

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** Load pages by cursor; `first` begins again, the newest call wins. `shown` is told which page is on the screen, and with nothing
 * that another list is being asked for: what is acted on is what is shown, not what arrived last. */
export function usePaging<T, P extends Page<T> = Page<T>>(load: (cursor: string | undefined) => Promise<P>, shown: (page: P | undefined) => void = () => undefined) {
  const items = shallowRef<T[]>([])
  const problem = ref<Problem>()
  const loading = ref(true)
  const trail = ref<(string | undefined)[]>([undefined])
  const following = ref<string | null>()
  let newest = 0

  async function show(cursors: (string | undefined)[]): Promise<void> {
    const mine = ++newest
    loading.value = true
    problem.value = undefined
    if (cursors.length === 1) shown(undefined)
    try {
      const page = await load(cursors.at(-1))
      if (mine !== newest) return
      items.value = page.items
      following.value = page.next_cursor
      trail.value = cursors
      shown(page)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (mine === newest) problem.value = error
    } finally {
      if (mine === newest) loading.value = false
    }
  }

  /** Go to a page by its number, from the nearest one already passed; past the last one it stays there. */
  async function to(number: number): Promise<void> {
    if (number > trail.value.length) await show(trail.value)
    else await show(trail.value.slice(0, Math.max(number, 1)))
    while (trail.value.length < number && following.value) {
      const before = trail.value.length
      await show([...trail.value, following.value])
      // It failed, or something newer was asked for meanwhile.
      if (trail.value.length <= before) return
    }
  }

  return {
    items,
    problem,
    loading,
    number: computed(() => trail.value.length),
    hasNext: computed(() => Boolean(following.value)),
    hasPrevious: computed(() => trail.value.length > 1),
    first: () => show([undefined]),
    to,
    reload: () => show(trail.value),
    next: () => show([...trail.value, following.value ?? undefined]),
    previous: () => show(trail.value.slice(0, -1)),
  }
}
