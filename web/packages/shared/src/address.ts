// A list's filter lives in the address: it survives a reload, can be sent to a colleague, and "back" works.
// What names a person (name, number, mobile) must not be in an address: it is kept for this tab only, and only for the
// address at which it was asked: whoever comes by a link that asks for something else begins afresh.
import { computed, reactive, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export type Filter = Record<string, string>

/** Values of the open names in the address and of the private ones in memory of the tab. */
export function useAddressFilter(open: readonly string[], hidden: readonly string[] = [], name = '') {
  const route = useRoute()
  const router = useRouter()
  const place = `huzhu.filter.${name || route.path}`
  const asked = () => JSON.stringify(open.map((key) => route.query[key] ?? ''))
  const inTab = reactive<Filter>(recall(place, asked()))

  const values = computed<Filter>(() => {
    const found: Filter = {}
    for (const key of open) if (typeof route.query[key] === 'string' && route.query[key]) found[key] = route.query[key]
    for (const key of hidden) if (inTab[key]) found[key] = inTab[key]
    return found
  })
  const path = route.path
  watch([inTab, asked], () => { if (route.path === path) keepInTab(place, asked(), inTab) })

  /** Change some values; an empty one takes its filter away. */
  async function set(changes: Filter): Promise<void> {
    const query = { ...route.query }
    for (const [key, value] of Object.entries(changes)) {
      if (hidden.includes(key)) inTab[key] = value
      else if (value) query[key] = value
      else delete query[key]
    }
    await router.replace({ query })
  }

  const clear = () => set(Object.fromEntries([...open, ...hidden].map((key) => [key, ''])))
  return { values, set, clear }
}

function recall(place: string, asked: string): Filter {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? '{}') as { asked?: string; values?: Filter }
    return kept.asked === asked ? (kept.values ?? {}) : {}
  } catch {
    return {}
  }
}

function keepInTab(place: string, asked: string, values: Filter): void {
  try {
    sessionStorage.setItem(place, JSON.stringify({ asked, values }))
  } catch {
    // A browser without storage forgets the filter on reload, no more.
  }
}

/** A query string of what has a value. */
export function queryOf(values: Record<string, string | number | boolean | null | undefined>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== null && value !== '') query.set(key, String(value))
  const text = query.toString()
  return text ? `?${text}` : ''
}
