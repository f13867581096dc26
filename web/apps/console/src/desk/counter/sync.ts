// Sends what waits: papers first, then the claim under its own id and key, then its submission. One tab at a time.
import { shallowReactive } from 'vue'

import { call, changesOf, edit, newKey, Problem, session, WHOLE } from '@huzhu/shared'
import type { ClaimsClaimRead } from '@huzhu/shared/api'

import { say } from '../wording'
import type { Entry, Intake } from './entries'
import { heirGone, payeeOf } from './heirs'
import { receive } from './papers'
import { sealText, unseal, unsealText } from './sealing'
import { dropEntry, dropPaper, entriesOf, findPaper, keepDraft, keepEntry, sweepPapers } from './store'

/** Another person's application has this id already. */
const ID_TAKEN = 'claim.id_taken'

export const counter = shallowReactive({ entries: [] as Entry[], busy: false, away: false })
const OPEN = new Set<Entry['state']>(['waiting', 'taken', 'changed'])
const owner = () => session.account.value?.id ?? ''

/** How many have yet to be sent. */
export const waiting = (): number => counter.entries.filter((one) => OPEN.has(one.state)).length

/** Read the list again. */
export async function look(): Promise<void> {
  counter.entries = owner() ? await entriesOf(owner(), session.state.tenant) : []
}

/** What was saved, or with `typed` what was being typed since. */
export async function intakeOf(entry: Entry, typed = false): Promise<Intake | undefined> {
  const sealed = (typed ? entry.draft : undefined) ?? entry.form
  return sealed && (JSON.parse(await unsealText(sealed)) as Intake)
}

/** Forget photos that belong to nothing. */
export async function tidy(): Promise<void> {
  const intakes = await Promise.all(counter.entries.flatMap((one) => [intakeOf(one), intakeOf(one, true)]))
  await sweepPapers(new Set(intakes.flatMap((one) => one?.papers.map((paper) => paper.id) ?? [])))
}

async function keep(entry: Entry, intake: Intake | undefined): Promise<void> {
  await keepEntry({ ...entry, form: intake && (await sealText(JSON.stringify(intake))) })
  await look()
}

async function handPapersIn(entry: Entry, intake: Intake): Promise<void> {
  for (const paper of intake.papers) {
    const receives = await receive(paper, async () => {
      const sealed = await findPaper(paper.id)
      if (!sealed) throw new Problem(422, 'counter.paper_lost', say(`材料“${paper.name}”在本机已不存在，请重新选择。`, `“${paper.name}” is no longer on this device. Choose it again.`))
      return unseal(sealed)
    })
    if (!receives) continue
    // What is sent reads otherwise than what an earlier try may have sent.
    entry.key = newKey()
    await keep(entry, intake)
  }
}

const documentsOf = (intake: Intake) => intake.papers.filter((one) => !one.handed).map((one) => ({ receipt: one.receipt, rule: one.rule, stay: one.stay === WHOLE ? null : one.stay }))
const fieldsOf = (intake: Intake) => changesOf(intake.values, intake.base ?? {}).filter((one) => one.value !== '' || intake.base)

async function takeIn(entry: Entry, intake: Intake): Promise<ClaimsClaimRead> {
  return call<ClaimsClaimRead>('/api/claims/counter/claims', {
    method: 'POST',
    once: entry.key,
    json: {
      id: entry.id, kind: intake.kind, taken_at: entry.taken_at, insured: { name: intake.name, document_number: intake.document_number },
      applicant_relation: intake.relation || null, payee: payeeOf(intake), fields: fieldsOf(intake), documents: documentsOf(intake),
    },
  })
}

/** What was corrected after the claim had been made. */
async function bring(entry: Entry, intake: Intake): Promise<void> {
  const path = `/api/claims/claims/${entry.id}`
  const read = () => call<ClaimsClaimRead>(path)
  let claim = await read()
  const edited = { held: () => claim, read, take: (next: ClaimsClaimRead) => { claim = next } }
  const patch = (json: object) => edit(edited, (match) => call<ClaimsClaimRead>(`${path}/fields`, { method: 'PATCH', match, json }))
  // The person's own card is taken only once no heir is paid.
  if (heirGone(claim, intake)) await patch({ payee: { kind: 'insured' } })
  const relation = intake.relation && intake.relation !== claim.on_behalf?.relation ? intake.relation : undefined
  await patch({ applicant_relation: relation, payee: payeeOf(intake), fields: fieldsOf(intake) })
  const documents = documentsOf(intake)
  if (documents.length) await call(`${path}/documents`, { method: 'POST', json: { documents } })
}

/** Take it in; where the id is another person's, it gets one of its own and is taken in as that. */
async function takeInAsOwn(entry: Entry, intake: Intake): Promise<void> {
  try {
    await takeIn(entry, intake)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== ID_TAKEN) throw error
    const before = entry.id
    Object.assign(entry, { id: crypto.randomUUID(), key: newKey() })
    await keep(entry, intake)
    await dropEntry(before, [])
    await takeIn(entry, intake)
  }
}

/** Take it in; an earlier try whose answer was lost may have made it of what stood here then, so it is brought up to date too. */
async function takeInOnce(entry: Entry, intake: Intake): Promise<void> {
  const again = entry.sent
  if (!again) await keep(Object.assign(entry, { sent: true }), intake)
  await takeInAsOwn(entry, intake)
  if (again) await bring(entry, intake)
}

async function makeKnown(entry: Entry, intake: Intake): Promise<void> {
  await handPapersIn(entry, intake)
  if (entry.state === 'changed') await bring(entry, intake)
  else await takeInOnce(entry, intake)
  for (const paper of intake.papers) paper.handed = true
  entry.state = 'taken'
  await keep(entry, intake)
}

async function submit(entry: Entry, intake: Intake): Promise<void> {
  const claim = await call<ClaimsClaimRead>(`/api/claims/claims/${entry.id}/submit`, { method: 'POST', once: newKey() })
  for (const paper of intake.papers) await dropPaper(paper.id)
  await keepDraft(entry.id, undefined)
  await keep({ ...entry, state: 'done', number: claim.number ?? undefined, problem: undefined, faults: undefined }, undefined)
}

/** Papers that are still being read may fill what is missing. */
const beingRead = async (entry: Entry) => (await call<ClaimsClaimRead>(`/api/claims/claims/${entry.id}`)).documents.some((one) => one.state === 'being_read')

async function send(entry: Entry): Promise<void> {
  const intake = await intakeOf(entry)
  if (!intake) return
  try {
    if (entry.state !== 'taken') await makeKnown(entry, intake)
    await submit(entry, intake)
  } catch (error) {
    if (!(error instanceof Problem) || error.passing || error.status === 401) throw error
    if (error.later) {
      // Nothing is wrong with what was filled in: it waits and is sent again.
      await keep({ ...entry, problem: error.message }, intake)
      return
    }
    const known = entry.state !== 'waiting'
    if (entry.state === 'taken' && (await beingRead(entry))) return
    await keep({ ...entry, state: known ? 'incomplete' : 'refused', problem: error.message, faults: error.faults }, intake)
  }
}

/** Send all that waits; without a network it stays where it is. */
export async function sync(): Promise<void> {
  if (counter.busy || !owner() || session.state.ended) return
  counter.away = !navigator.onLine
  if (counter.away) return look()
  counter.busy = true
  try {
    await navigator.locks.request('huzhu-counter', async () => {
      await look()
      for (const entry of counter.entries.filter((one) => OPEN.has(one.state)).reverse()) await send({ ...entry })
    })
    counter.away = false
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    counter.away = error.passing
  } finally {
    counter.busy = false
    await look()
  }
}
