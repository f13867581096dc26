// A list of what a member has on file: load, add, change, delete, each edit with the version it was read in.
import { computed, ref } from 'vue'

import { call, send, useLoaded, useOnce } from '@huzhu/shared'

interface Filed { id: string; version: number }

/** The entries under /members/me/<name>. */
export function useOnFile<T extends Filed>(name: string) {
  const path = `/api/identity/members/me/${name}`
  const { value, problem, loading, reload } = useLoaded(() => call<{ items: T[] }>(path))
  const told = ref(false)
  const items = computed(() => value.value?.items ?? [])

  async function add(key: string, json: Record<string, unknown>): Promise<boolean> {
    await call(path, { method: 'POST', json, once: key })
    await reload()
    told.value = true
    return true
  }
  const adding = useOnce(add)
  const changing = useOnce(async (key: string, item: Filed, json: Record<string, unknown>) => {
    await call(`${path}/${item.id}`, { method: 'PUT', json, match: `"${item.version}"`, once: key })
    await reload()
    told.value = true
    return true
  })
  const removing = useOnce(async (_key: string, item: Filed) => {
    await send(`${path}/${item.id}`, { method: 'DELETE', match: `"${item.version}"` })
    await reload()
  })
  const fault = computed(() => adding.problem.value ?? changing.problem.value ?? removing.problem.value)
  return { items, problem, loading, reload, told, add, adding, changing, removing, fault }
}
