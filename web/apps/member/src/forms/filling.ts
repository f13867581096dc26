// Filling in an application: what was typed goes to the server by itself, and until it is there lies sealed on the phone.
import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef } from 'vue'

import { call, changesOf, type DocumentHandedIn, newKey, Problem, useDraft, useOnce, useQueue, type Values, valuesOf } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsDocumentLink, ClaimsKindRead } from '@huzhu/shared/api'

import { useQuiet } from './quiet'

const LOOK_AGAIN = 2500
type Changes = ReturnType<typeof changesOf>

export function useFilling(id: string) {
  const path = `/api/claims/claims/${id}`
  const claim = shallowRef<ClaimsClaimRead>()
  const kind = shallowRef<ClaimsKindRead>()
  const links = shallowRef<Record<string, string>>({})
  const loading = ref(true)
  const problem = ref<Problem>()
  const { values: typed, done } = useDraft<Values>(`claim.${id}`, {})
  /** What the server took as it was typed; it may show it otherwise (partly hidden, written together). */
  const taken = reactive<Values>({})
  const held = computed(() => (claim.value ? valuesOf(claim.value) : {}))
  const values = computed<Values>(() => ({ ...held.value, ...typed }))
  const changes = computed(() => changesOf(typed, { ...held.value, ...taken }))
  const beingRead = computed(() => claim.value?.documents.some((one) => one.state === 'being_read') ?? false)
  const version = () => `"${claim.value?.version ?? 0}"`
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
        await inTurn(async () => take(await call<ClaimsClaimRead>(path)))
      } catch (error) {
        // The next look may succeed; the page says offline by itself.
        if (!(error instanceof Problem)) throw error
      }
    }
    timer = setTimeout(() => void watchReading(), LOOK_AGAIN)
  }

  async function send(fields: Changes, key: string): Promise<void> {
    const edit = (once: string) => call<ClaimsClaimRead>(`${path}/fields`, { method: 'PATCH', json: { fields }, match: version(), once })
    try {
      await take(await edit(key))
    } catch (error) {
      // Something was read meanwhile: take the newest and send again what was typed.
      if (!(error instanceof Problem) || error.status !== 412) throw error
      await take(await call<ClaimsClaimRead>(path))
      await take(await edit(newKey()))
    }
  }

  /** Send what has changed; `known` leaves out what the server refuses, so that one wrong value holds nothing else up. */
  async function hand(key: string, known: ReadonlySet<string> = new Set()): Promise<boolean> {
    const before = { ...typed }
    const sent = changes.value.filter((one) => !known.has(placed(one)))
    if (sent.length) await send(sent, key)
    for (const one of sent) taken[placed(one)] = one.value
    for (const [place, value] of Object.entries(before)) {
      // Shown as it was typed while the page is open, unless the server shows the same.
      if (typed[place] !== value || held.value[place] !== value) continue
      delete typed[place]
      delete taken[place]
    }
    if (!changes.value.length && !Object.keys(typed).length) done()
    return true
  }
  const placed = (one: Changes[number]) => (one.stay ? `stays.${one.stay}.${one.code}` : one.code)

  const saving = useOnce((key: string) => inTurn(() => hand(key)))
  const { inTurn, stuck } = useQuiet(changes, (refused) => hand(newKey(), refused))

  /** Put a stored paper on the application; several are put one after another. */
  function attach(document: Pick<DocumentHandedIn, 'receipt'>, rule: string, stay: number, key: string): Promise<void> {
    const json = { documents: [{ receipt: document.receipt, rule, stay: stay || null }] }
    return inTurn(async () => take(await call<ClaimsClaimRead>(`${path}/documents`, { method: 'POST', json, once: key })))
  }
  const removing = useQueue((_key: string, document: string) =>
    inTurn(async () => take(await call<ClaimsClaimRead>(`${path}/documents/${document}`, { method: 'DELETE', match: version() }))),
  )
  const paying = useQueue((_key: string, payee: { kind: string; card_document_id: string }) =>
    inTurn(async () => take(await call<ClaimsClaimRead>(`${path}/fields`, { method: 'PATCH', json: { payee }, match: version() }))),
  )
  const dropping = useOnce(async (_key: string, stay: number) => {
    // What was typed for stays moves with them: send it first.
    await saving.run()
    await inTurn(async () => take(await call<ClaimsClaimRead>(`${path}/stays/${stay}`, { method: 'DELETE', match: version() })))
    for (const values of [typed, taken]) Object.keys(values).filter((place) => place.startsWith('stays.')).forEach((place) => delete values[place])
  })

  onMounted(() => {
    void reload()
    void watchReading()
  })
  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
    // All of it is with the server: nothing stays on the phone.
    if (claim.value && !changes.value.length) done()
  })
  return { claim, kind, links, loading, problem, typed, values, changes, beingRead, reload, stuck, saving, attach, removing, dropping, paying }
}
