// A list of what a member has on file: load, add, change, delete, each edit with the version it was read in.
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { call, edit, Problem, useLoaded, useOnce } from '@huzhu/shared'

const GONE = 404
interface Filed { id: string; version: number }

/** The entries under /members/me/<name>. */
export function useOnFile<T extends Filed>(name: string) {
  const path = `/api/identity/members/me/${name}`
  const { value, problem, loading, reload } = useLoaded(() => call<{ items: T[] }>(path))
  const { t } = useI18n()
  const told = ref(false)
  const items = computed(() => value.value?.items ?? [])

  async function add(key: string, json: Record<string, unknown>): Promise<boolean> {
    await call(path, { method: 'POST', json, once: key })
    await reload()
    told.value = true
    return true
  }
  const adding = useOnce(add)
  const gone = () => new Problem(GONE, 'on_file.gone', t('mine.gone'))
  const isGone = (error: unknown) => error instanceof Problem && error.status === GONE
  /** An entry as the list has it; read anew where it is newer there, or the list is not here yet (a form comes back first). */
  function entry(id: string) {
    let item = items.value.find((one) => one.id === id)
    const read = async (): Promise<T> => {
      const found = (await call<{ items: T[] }>(path)).items.find((one) => one.id === id)
      if (!found) throw gone()
      return found
    }
    return { held: () => item, read, take: (next: T) => { item = next } }
  }
  const changing = useOnce(async (_key: string, id: string, json: Record<string, unknown>) => {
    await edit(entry(id), (match) => call<T>(`${path}/${id}`, { method: 'PUT', json, match })).catch((error: unknown) => {
      throw isGone(error) ? gone() : error
    })
    await reload()
    told.value = true
    return true
  })
  const removing = useOnce(async (_key: string, { id }: Filed) => {
    await edit(entry(id), (match) => call<undefined>(`${path}/${id}`, { method: 'DELETE', match })).catch((error: unknown) => {
      // Taken off by an earlier try, whose answer was lost.
      if (!isGone(error)) throw error
    })
    await reload()
  })
  const fault = computed(() => adding.problem.value ?? changing.problem.value ?? removing.problem.value)
  return { items, problem, loading, reload, told, add, adding, changing, removing, fault }
}
