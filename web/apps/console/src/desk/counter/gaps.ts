// What an application at the counter lacks, and what is wrong in it: told before it is saved, for without a network nobody else can say it.
import { compactNumber, fieldsAt, formFaults, idNumberFault, isOfCard, nameFault, papersAt, placeOf, plainName, WHOLE, withBank, worded } from '@huzhu/shared'
import type { ClaimsKindDocument, ClaimsKindField, ClaimsKindRead } from '@huzhu/shared/api'

import { say } from '../wording'
import type { Intake } from './entries'
import { bringerMissing, heirGaps, heirWrong, paysHeir, RELATION } from './heirs'

export interface Gap { place: string; title: string; message: string }

/** The fields to be filled in here: what the register says is not typed at the counter but for a card, which may not be there, nor the card of who has died. */
export function typedAt(kind: ClaimsKindRead, stay: number, intake: Intake): ClaimsKindField[] {
  const fields = fieldsAt(kind, stay, intake.values).filter((field) => (isOfCard(field) ? !paysHeir(kind, intake) : !field.from_register))
  return withBank(fields, intake.values, fields.some((field) => field.type === 'bank_card' && intake.held?.includes(field.code)))
}

/** The parts of the form: the application itself, and its stays. */
export const partsOf = (kind: ClaimsKindRead, intake: Intake): number[] => [WHOLE, ...(kind.max_stays ? Array.from({ length: intake.stays }, (_, place) => place + 1) : [])]

const named = (stay: number, title: string) => (stay === WHOLE ? title : say(`第 ${stay} 次住院的${title}`, `${title} of stay ${stay}`))

function fieldGap(kind: ClaimsKindRead, intake: Intake, field: ClaimsKindField, stay: number): Gap | undefined {
  const place = placeOf(field.code, stay)
  // Whether a card is on file is known to the service alone.
  if (!field.required || field.type === 'bank_card' || (intake.values[place] ?? '').trim() || intake.held?.includes(place)) return undefined
  // What stands on a paper is read from it once it is with the service.
  if (field.from_papers && intake.papers.some((one) => one.stay === stay || !kind.max_stays)) return undefined
  const choose = field.type === 'choice' || field.type === 'yes_no' || field.type === 'date'
  return { place, title: named(stay, field.title), message: choose ? say(`请选择${field.title}。`, `Choose: ${field.title}.`) : say(`请填写${field.title}。`, `Enter: ${field.title}.`) }
}

function paperGap(kind: ClaimsKindRead, intake: Intake, rule: ClaimsKindDocument, stay: number): Gap | undefined {
  if (!rule.required) return undefined
  const group = kind.documents.filter((one) => one.code === rule.code || (rule.group && one.group === rule.group))
  if (intake.papers.some((one) => (!rule.per_stay || one.stay === stay) && group.some((other) => other.code === one.rule))) return undefined
  if (rule.instead && (intake.values[rule.instead] ?? '').trim()) return undefined
  // Of papers of which one is enough the first says so.
  if (group.find((one) => one.required) !== rule) return undefined
  const titles = group.map((one) => one.title)
  return { place: placeOf(rule.code, stay), title: named(stay, titles.join(say('或', ' or '))), message: say(`请选择扫描件：${titles.join('或')}。`, `Choose the scan: ${titles.join(' or ')}.`) }
}

/** All that is missing, in the order of the form. */
export function gapsOf(kind: ClaimsKindRead, intake: Intake): Gap[] {
  const bringer = { place: RELATION, title: say('递交人', 'who brings it'), message: say('请选择递交人。', 'Choose who brings it.') }
  const parts = partsOf(kind, intake).flatMap((stay) => [
    ...typedAt(kind, stay, intake).map((field) => fieldGap(kind, intake, field, stay)),
    ...papersAt(kind, stay, intake.values).map((rule) => paperGap(kind, intake, rule, stay)),
  ]).filter((gap) => gap !== undefined)
  return [...(bringerMissing(kind, intake) ? [bringer] : []), ...parts, ...heirGaps(kind, intake)]
}

/** What is wrong with what is there, by its place, as the service would judge it; a value that the service holds is its own affair. `today`: the unions' day. */
export function wrongIn(kind: ClaimsKindRead, intake: Intake, today: string): Gap[] {
  const titles = new Map(partsOf(kind, intake).flatMap((stay) => typedAt(kind, stay, intake).map((field) => [placeOf(field.code, stay), named(stay, field.title)])))
  const faults = formFaults(kind, partsOf(kind, intake).slice(1), intake.values, today)
  return [...[...titles].flatMap(([place, title]) => (faults.has(place) ? [{ place, title, message: worded(faults.get(place)) }] : [])), ...heirWrong(kind, intake)]
}

/** What is wrong with the name or number that the person is found by. What looks like a resident's ID number has to be one; of other documents only the register knows. */
export function wrongPerson(intake: Pick<Intake, 'name' | 'document_number'>): { name?: string; number?: string } {
  const [name, number] = [plainName(intake.name), compactNumber(intake.document_number).toUpperCase()]
  return {
    ...(name && nameFault(name) ? { name: worded(nameFault(name)) } : {}),
    ...(/^\d{17}.$/.test(number) && idNumberFault(number) ? { number: worded(idNumberFault(number)) } : {}),
  }
}
