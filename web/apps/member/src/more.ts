// A list that grows by pages: the phone's way through long lists.
import { onMounted, ref, shallowRef } from 'vue'

import { call, type Page, Problem } from '@huzhu/shared'

/** Load the first page at mount; `more` appends, `reload` begins again. */
export function useMore<T>(address: () => string) {
  const items = shallowRef<T[]>([])
  const loading = ref(true)
  const problem = ref<Problem>()
  const next = ref<string | null>()
  let newest = 0

  async function load(cursor?: string): Promise<void> {
    const mine = ++newest
    loading.value = true
    problem.value = undefined
    try {
      const path = address()
      const page = await call<Page<T>>(cursor ? `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : path)
      if (mine !== newest) return
      items.value = cursor ? [...items.value, ...page.items] : page.items
      next.value = page.next_cursor
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (mine === newest) problem.value = error
    } finally {
      if (mine === newest) loading.value = false
    }
  }

  onMounted(() => load())
  return { items, loading, problem, next, reload: () => load(), more: () => load(next.value ?? undefined) }
}
