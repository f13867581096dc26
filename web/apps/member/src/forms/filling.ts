// Filling in an application: what was typed goes to the server by itself, and until it is there lies sealed on the phone.
import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef } from 'vue'

import { call, changesOf, type DocumentHandedIn, edit, formFor, placeOf, Problem, useDraft, useLinks, useOnce, useQueue, type Values, valuesOf } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsDocumentLink, ClaimsKindRead } from '@huzhu/shared/api'

import { useQuiet } from './quiet'

const LOOK_AGAIN = 2500
const [GONE, WRONG] = [404, 422]
type Changes = ReturnType<typeof changesOf>

export function useFilling(id: string) {
  const path = `/api/claims/claims/${id}`
  const claim = shallowRef<ClaimsClaimRead>()
  const kind = shallowRef<ClaimsKindRead>()
  const { links, renew, again } = useLinks(() => call<ClaimsDocumentLink[]>(`${path}/documents`))
  const loading = ref(true)
  const problem = ref<Problem>()
  const { values: typed, done } = useDraft<Values>(`claim.${id}`, {})
  /** What the server took as it was typed; it may show it otherwise (partly hidden, written together). */
  const taken = reactive<Values>({})
  const held = computed(() => (claim.value ? valuesOf(claim.value) : {}))
  const values = computed<Values>(() => ({ ...held.value, ...typed }))
  // Nothing is a change before it is known what is with the server.
  // What the form does not ask any more is not sent: it was typed before the union changed the form, and has no place here to be corrected.
  const changes = computed(() => (claim.value ? changesOf(typed, { ...held.value, ...taken }).filter((one) => kind.value?.fields.some((field) => field.code === one.code) ?? true) : []))
  const beingRead = computed(() => claim.value?.documents.some((one) => one.state === 'being_read') ?? false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  function take(next: ClaimsClaimRead): void {
    claim.value = next
    if (next.documents.some((one) => !links.value[one.document_id])) void see(renew)
  }
  /** Without the pictures the form is as good. */
  const see = (work: () => Promise<void>) => work().catch((error: unknown) => { if (!(error instanceof Problem)) throw error })
  const relink = () => see(again)

  async function reload(): Promise<void> {
    loading.value = !claim.value
    problem.value = undefined
    try {
      const [found, kinds] = await Promise.all([
        call<ClaimsClaimRead>(path),
        kind.value ? [kind.value] : call<ClaimsKindRead[]>('/api/claims/kinds'),
      ])
      const form = kinds.find((one) => one.code === found.kind)
      kind.value = form && formFor(form, found.on_behalf ? 'other' : 'self')
      take(found)
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

  const change = (work: (match: string) => Promise<ClaimsClaimRead>) => edit({ held: () => claim.value, read: () => call<ClaimsClaimRead>(path), take }, work)
  const send = (fields: Changes) => change((match) => call<ClaimsClaimRead>(`${path}/fields`, { method: 'PATCH', json: { fields }, match }))

  /** Send what has changed; `known` leaves out what the server refuses, so that one wrong value holds nothing else up. */
  async function hand(known: ReadonlySet<string> = new Set()): Promise<boolean> {
    const before = { ...typed }
    const sent = changes.value.filter((one) => !known.has(placed(one)))
    if (sent.length) await send(sent)
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
  /** Send all that the server takes; what it refuses stays on the page. */
  async function handWhatFits(known: ReadonlySet<string> = new Set()): Promise<void> {
    try {
      await hand(known)
    } catch (error) {
      const wrong = error instanceof Problem && error.status === WRONG ? error.faults.map((one) => one.field).filter((place) => !known.has(place)) : []
      if (!wrong.length) throw error
      await handWhatFits(new Set([...known, ...wrong]))
    }
  }
  const placed = (one: Changes[number]) => (one.stay ? `stays.${one.stay}.${one.code}` : one.code)

  const saving = useOnce(async () => {
    await handNow()
    return true
  })
  const { inTurn, handNow, faults, away } = useQuiet(changes, hand)

  /** Put a stored paper on the application; several are put one after another. */
  function attach(document: Pick<DocumentHandedIn, 'receipt'>, rule: string, stay: number, key: string): Promise<void> {
    const json = { documents: [{ receipt: document.receipt, rule, stay: stay || null }] }
    return inTurn(async () => take(await call<ClaimsClaimRead>(`${path}/documents`, { method: 'POST', json, once: key })))
  }
  /** What an earlier try, whose answer was lost, has taken off already is as good as taken off now. */
  async function unlessGone(error: unknown): Promise<void> {
    if (!(error instanceof Problem) || error.status !== GONE) throw error
    take(await call<ClaimsClaimRead>(path))
  }
  const removing = useQueue((_key: string, document: string) =>
    inTurn(() => call<ClaimsClaimRead>(`${path}/documents/${document}`, { method: 'DELETE' }).then(take).catch(unlessGone)),
  )
  const pay = (payee: object) => inTurn(async () => {
    // Who may be paid follows from what was filled in.
    await handWhatFits()
    await change((match) => call(`${path}/fields`, { method: 'PATCH', json: { payee }, match }))
  })
  const paying = useQueue((_key: string, payee: { kind: string; card_document_id?: string }) => pay(payee))

  const isThere = (stay: number) => [...(claim.value?.fields ?? []), ...(claim.value?.documents ?? [])].some((one) => one.stay === stay)
  /** Take a stay off, with what was typed for it; the others keep their numbers and what was typed for them. */
  const dropping = useOnce((_key: string, stay: number) => inTurn(async () => {
    if (isThere(stay)) await change((match) => call(`${path}/stays/${stay}`, { method: 'DELETE', match })).catch(unlessGone)
    for (const values of [typed, taken]) Object.keys(values).filter((place) => place.startsWith(placeOf('', stay))).forEach((place) => delete values[place])
    return true
  }))

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
  return { claim, kind, links, relink, loading, problem, typed, values, changes, beingRead, reload, faults, away, saving, attach, removing, dropping, pay, paying }
}
