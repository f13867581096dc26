// What the desk has taken in and nobody has handed in: the service lists it, whoever took it in, on whichever device.
import { call, isMasked, type Page, placeOf, session, valuesOf } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsCounterWork, ClaimsPreviewRead } from '@huzhu/shared/api'

import { say } from '../wording'
import { type Entry, emptyIntake, type Intake } from './entries'
import { heldHeir } from './heirs'
import { keepEntry, owner } from './store'
import { counter, look } from './sync'

const OPEN = new Set(['draft', 'returned'])

/** The first of them that do not stand among the entries of this device; what colleagues handed in meanwhile is done here too. */
export async function deskWork(): Promise<{ items: ClaimsCounterWork[]; more: boolean }> {
  const page = await call<Page<ClaimsCounterWork>>('/api/claims/counter/claims?limit=100')
  if (!page.next_cursor) await settle(new Set(page.items.map((one) => one.id)))
  const here = new Set(counter.entries.filter((one) => one.state !== 'done').map((one) => one.id))
  return { items: page.items.filter((one) => !here.has(one.id)), more: Boolean(page.next_cursor) }
}

async function settle(open: ReadonlySet<string>): Promise<void> {
  const gone = counter.entries.filter((one) => one.state === 'incomplete' && !open.has(one.id))
  for (const one of gone) {
    const claim = await call<ClaimsClaimRead>(`/api/claims/claims/${one.id}`)
    if (!OPEN.has(claim.status)) await keepEntry({ ...one, state: 'done', number: claim.number ?? undefined, problem: undefined, faults: undefined, form: undefined })
  }
  if (gone.length) await look()
}

export interface TakenUp { entry: Entry; intake: Intake; open: boolean }

/** Take up an application that is with the service: as if it had been filled in here, its papers handed in. */
export async function takeUp(id: string): Promise<TakenUp> {
  const { claim, faults } = await call<ClaimsPreviewRead>(`/api/claims/claims/${id}/preview`)
  const values = valuesOf({ ...claim, fields: claim.fields.filter((one) => one.source !== 'register' && one.source !== 'set') })
  const intake: Intake = {
    ...emptyIntake(), kind: claim.kind, title: claim.kind_title, name: claim.person_name ?? '', relation: claim.on_behalf?.relation ?? '', heir_held: heldHeir(claim), values: { ...values }, base: values,
    held: claim.fields.filter((one) => isMasked(one.value) && one.source !== 'register').map((one) => placeOf(one.code, one.stay)),
    stays: Math.max(1, ...[...claim.fields, ...claim.documents].map((one) => one.stay)),
    papers: claim.documents.map((one) => ({ id: one.document_id, rule: one.rule, stay: one.stay, name: one.title, type: '', modified: 0, handed: true })),
  }
  const entry: Entry = {
    id, key: id, owner: owner(), tenant: session.state.tenant, taken_at: claim.created_at, state: 'incomplete', title: claim.title, hint: claim.person_name ?? '',
    problem: claim.reason ?? (faults.length ? say('还没有提交，请按下面逐项补齐或更正后提交：', 'Not handed in yet. Complete or correct this:') : undefined), faults,
  }
  return { entry, intake, open: OPEN.has(claim.status) }
}
