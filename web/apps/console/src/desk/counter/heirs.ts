// The legal heir who is paid where the person has died: what is asked, what is missing, what cannot be right. As claims.intake.rules.heirs judges.
import { bankNameFault, compactNumber, idNumberFault, nameFault, numberFault, plainName, type Values, worded } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsKindField, ClaimsKindRead } from '@huzhu/shared/api'

import { documentKinds } from '../members'
import { say } from '../wording'
import type { Intake } from './entries'

const HEIR = 'legal_heir'
const RESIDENT = 'resident_id'
/** Before the names of what is told of an heir, as problems name it. */
export const PAYEE = 'payee.'
export const RELATION = 'applicant_relation'

/** Does the form say that the person has died? */
export function hasDied(kind: ClaimsKindRead, intake: Intake): boolean {
  const dead = kind.on_behalf?.deceased
  return Boolean(dead?.is_one_of.includes(intake.values[dead.field] ?? ''))
}
/** An heir is paid, to a card of their own: that of the person who has died is not asked for. */
export const paysHeir = (kind: ClaimsKindRead, intake: Intake): boolean => hasDied(kind, intake) && Boolean(kind.on_behalf?.payees.includes(HEIR))

/** Who may bring the papers, by code: the person, unless they have died, and whom the union allows for this kind. */
export function bringers(kind: ClaimsKindRead, intake: Intake): [string, string][] {
  const others = Object.entries(kind.on_behalf?.relations ?? {}).filter(([code]) => code !== 'self')
  return [['', hasDied(kind, intake) ? say('请选择', 'Choose') : say('本人', 'The person')], ...others]
}
export const bringerMissing = (kind: ClaimsKindRead, intake: Intake): boolean => !bringers(kind, intake).some(([code]) => code === intake.relation && (code || !hasDied(kind, intake)))

/** What is kept of the heir need not be typed again, unless it is another heir. */
const heldOf = (intake: Intake): Values => (intake.heir?.name?.trim() ? {} : intake.heir_held ?? {})

function asked(kind: ClaimsKindRead): ClaimsKindField[] {
  const field = (code: string, type: string, title: string, more: Partial<ClaimsKindField> = {}) => ({ code, type, title, required: true, per_stay: false, from_register: false, options: {}, help: null, ...more })
  return [
    field('name', 'text', say('继承人姓名', 'Name of the heir'), { max_length: 60 }),
    field('relation', 'choice', say('继承人与被保障人的关系', "The heir's relation to the insured person"), { options: kind.on_behalf?.heir_relations ?? {} }),
    field('document_kind', 'choice', say('继承人证件类型', "Kind of the heir's document"), { required: false, options: Object.fromEntries(documentKinds().map((one) => [one.value, one.label])), help: say('不选的为居民身份证。', 'Left empty: a resident ID card.') }),
    field('document_number', 'text', say('继承人证件号码', "The heir's document number"), { max_length: 40 }),
    field('mobile', 'mobile', say('继承人手机号', "The heir's mobile"), { required: false, max_length: 20, help: say('选填；填写后到账会发短信通知。', 'Optional: told by SMS when the money is there.') }),
    field('card_number', 'bank_card', say('继承人银行卡号', "The heir's card number"), { max_length: 40 }),
    field('bank_name', 'text', say('继承人开户银行', "Bank of the heir's card"), { max_length: 100 }),
  ]
}

/** The fields of the section, as the form draws them; what the service holds is shown partly hidden and may stay empty. */
export function heirFields(kind: ClaimsKindRead, intake: Intake): ClaimsKindField[] {
  const held = heldOf(intake)
  const kept = (field: ClaimsKindField): string => (field.options as Record<string, string>)[held[field.code] ?? ''] ?? held[field.code] ?? ''
  return asked(kind).map((field) => (held[field.code] ? { ...field, required: false, help: say(`已保存 ${kept(field)}，不改可以不填。`, `Saved: ${kept(field)}. Leave it empty to keep that.`) } : field))
}

/** What is still missing of the heir. */
export const heirGaps = (kind: ClaimsKindRead, intake: Intake) => (paysHeir(kind, intake) ? heirFields(kind, intake) : []).filter((field) => field.required && !(intake.heir?.[field.code] ?? '').trim()).map((field) => ({
  place: PAYEE + field.code, title: field.title, message: field.type === 'choice' ? say(`请选择${field.title}。`, `Choose: ${field.title}.`) : say(`请填写${field.title}。`, `Enter: ${field.title}.`),
}))

const ofTheDead = (zh: string, en: string) => say(`这是已去世的被保障人本人的${zh}，请填写收款的法定继承人的${zh}。`, `This is the ${en} of the person who has died. Enter the ${en} of the legal heir who is paid.`)
const plainId = (text: string | undefined) => compactNumber(text ?? '').toUpperCase()

/** What is wrong with the heir, by its place; an heir may bear the name of the person who has died, the number then tells them apart. */
export function heirWrong(kind: ClaimsKindRead, intake: Intake) {
  if (!paysHeir(kind, intake)) return []
  const { name = '', document_kind, document_number, mobile, card_number, bank_name } = intake.heir ?? {}
  const number = plainId(document_number)
  const dead = Boolean(number) && number === plainId(intake.document_number)
  const namesake = Boolean(name.trim()) && plainName(name) === plainName(intake.name) && (!number || dead)
  const resident = (document_kind || heldOf(intake).document_kind || RESIDENT) === RESIDENT
  const found: Record<string, string> = {
    name: namesake ? ofTheDead('姓名', 'name') : name.trim() ? worded(nameFault(plainName(name))) : '',
    document_number: dead ? ofTheDead('证件号码', 'ID number') : number && resident ? worded(idNumberFault(number)) : '',
    mobile: mobile?.trim() ? worded(numberFault('mobile', mobile)) : '',
    card_number: card_number?.trim() ? worded(numberFault('bank_card', card_number)) : '',
    bank_name: bank_name?.trim() ? worded(bankNameFault(bank_name)) : '',
  }
  return asked(kind).filter((field) => found[field.code]).map((field) => ({ place: PAYEE + field.code, title: field.title, message: found[field.code]! }))
}

/** What the service holds of the heir, partly hidden; undefined where no heir is named. */
export function heldHeir(claim: ClaimsClaimRead): Values | undefined {
  if (claim.payee?.kind !== HEIR) return undefined
  const { name, relation, document_kind, document_number, mobile, card, bank_name } = claim.payee
  return Object.fromEntries(Object.entries({ name, relation, document_kind, document_number, mobile, card_number: card, bank_name }).filter((one): one is [string, string] => Boolean(one[1])))
}

/** The heir as the service takes one; undefined where the person is paid. */
export const payeeOf = (intake: Intake) => intake.heir && { kind: HEIR, ...Object.fromEntries(Object.entries(intake.heir).map(([name, value]) => [name, value.trim()] as const).filter(([, value]) => value)) }
/** An heir was named before, and is not paid any more. */
export const heirGone = (claim: ClaimsClaimRead, intake: Intake): boolean => claim.payee?.kind === HEIR && !intake.heir
