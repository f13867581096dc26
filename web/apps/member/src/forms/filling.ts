// Filling in an application: what was typed is kept here, sent in one edit, and what is read comes in by itself.
import { computed, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'

import { call, type DocumentHandedIn, newKey, Problem, useDraft, useOnce } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsDocumentLink, ClaimsKindRead } from '@huzhu/shared/api'

import { changesOf, type Values, valuesOf } from '@huzhu/shared'

const LOOK_AGAIN = 2500

export function useFilling(id: string) {
  const path = `/api/claims/claims/${id}`
  const claim = shallowRef<ClaimsClaimRead>()
  const kind = shallowRef<ClaimsKindRead>()
  const links = shallowRef<Record<string, string>>({})
  const loading = ref(true)
  const problem = ref<Problem>()
  const { values: typed, done } = useDraft<Values>(`claim.${id}`, {})
  const held = computed(() => (claim.value ? valuesOf(claim.value) : {}))
  const values = computed<Values>(() => ({ ...held.value, ...typed }))
  const changes = computed(() => changesOf(typed, held.value))
  const beingRead = computed(() => claim.value?.documents.some((one) => one.state === 'being_read') ?? false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  async function take(next: ClaimsClaimRead): Promise<void> {
    const strange = next.documents.some((one) => !links.value[one.document_id])
    claim.value = next
    if (!strange) return
    try {
      const found = await call<ClaimsDocumentLink[]>(`${path}/documents`)
      links.value = Object.fromEntries(found.map((one) => [one.document_id, one.link]))
    } catch (error) {
      // Without the pictures the form is as good.
      if (!(error instanceof Problem)) throw error
    }
  }

  async function reload(): Promise<void> {
    loading.value = !claim.value
    problem.value = undefined
    try {
      const [found, kinds] = await Promise.all([
        call<ClaimsClaimRead>(path),
        kind.value ? [kind.value] : call<ClaimsKindRead[]>('/api/claims/kinds'),
      ])
      kind.value = kinds.find((one) => one.code === found.kind)
      await take(found)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
    } finally {
      loading.value = false
    }
  }

  /** While a paper is being read, look again: its values come into the form by themselves. */
  async function watchReading(): Promise<void> {
    if (gone) return
    if (beingRead.value && !document.hidden) {
      try {
        await take(await call<ClaimsClaimRead>(path))
      } catch (error) {
        // The next look may succeed; the page says offline by itself.
        if (!(error instanceof Problem)) throw error
      }
    }
    timer = setTimeout(() => void watchReading(), LOOK_AGAIN)
  }

  const saving = useOnce(async (key: string) => {
    const sent = changes.value
    if (!sent.length) return true
    const before = { ...typed }
    const match = String(claim.value?.version ?? 0)
    try {
      await take(await call<ClaimsClaimRead>(`${path}/fields`, { method: 'PATCH', json: { fields: sent }, match: `"${match}"`, once: key }))
    } catch (error) {
      // Something was read meanwhile: take the newest and send again what was typed.
      if (!(error instanceof Problem) || error.status !== 412) throw error
      await take(await call<ClaimsClaimRead>(path))
      const json = { fields: changesOf(before, {}) }
      await take(await call<ClaimsClaimRead>(`${path}/fields`, { method: 'PATCH', json, match: `"${claim.value?.version ?? 0}"`, once: newKey() }))
    }
    for (const place of Object.keys(before)) if (typed[place] === before[place]) delete typed[place]
    done()
    return true
  })

  const adding = useOnce(async (key: string, document: DocumentHandedIn, rule: string, stay: number) => {
    const json = { documents: [{ receipt: document.receipt, rule, stay: stay || null }] }
    await take(await call<ClaimsClaimRead>(`${path}/documents`, { method: 'POST', json, once: key }))
  })
  const removing = useOnce(async (_key: string, document: string) =>
    take(await call<ClaimsClaimRead>(`${path}/documents/${document}`, { method: 'DELETE', match: `"${claim.value?.version ?? 0}"` })),
  )
  const dropping = useOnce(async (_key: string, stay: number) => {
    // What was typed for stays moves with them: send it first.
    await saving.run()
    await take(await call<ClaimsClaimRead>(`${path}/stays/${stay}`, { method: 'DELETE', match: `"${claim.value?.version ?? 0}"` }))
    Object.keys(typed).filter((place) => place.startsWith('stays.')).forEach((place) => delete typed[place])
  })

  onMounted(() => {
    void reload()
    void watchReading()
  })
  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
  })
  return { claim, kind, links, loading, problem, typed, values, changes, beingRead, reload, saving, adding, removing, dropping }
}
