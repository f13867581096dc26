// Something a page shows from a service: loading, there, or a problem with a retry.
import { onMounted, ref, shallowRef } from 'vue'

import { Problem } from './problem'

/** Load at mount and again on `reload`; the newest call wins. */
export function useLoaded<T>(load: () => Promise<T>) {
  const value = shallowRef<T>()
  const problem = ref<Problem>()
  const loading = ref(true)
  let newest = 0

  async function reload(): Promise<void> {
    const mine = ++newest
    loading.value = true
    problem.value = undefined
    try {
      const loaded = await load()
      if (mine === newest) value.value = loaded
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (mine === newest) problem.value = error
    } finally {
      if (mine === newest) loading.value = false
    }
  }

  onMounted(reload)
  return { value, problem, loading, reload }
}
