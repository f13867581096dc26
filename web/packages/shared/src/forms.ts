// The form of a kind of application: which fields and papers apply to what is filled in, and what is shown in them.
import type { ClaimsClaimRead, ClaimsKindDocument, ClaimsKindField, ClaimsKindRead } from './api'

/** Stay 0 is the application itself; stays count from 1. */
export const WHOLE = 0
export type Values = Record<string, string>

/** The name of a place in the form, as problems name it. */
export const placeOf = (code: string, stay: number): string => (stay === WHOLE ? code : `stays.${stay}.${code}`)

interface Conditional { when?: { field: string; is_one_of: string[] } | null }

/** Does the condition hold, by the value in the same stay or in the application itself? */
export function applies(item: Conditional, stay: number, values: Values): boolean {
  if (!item.when) return true
  const value = values[placeOf(item.when.field, stay)] ?? values[item.when.field] ?? ''
  return item.when.is_one_of.includes(value)
}

/** Who applies: for themselves, or for another person. */
export type Who = 'self' | 'other'

/**
 * The form as it is asked of who applies. Nobody is asked about themselves what can be true of another only: neither the
 * question, nor the answer “has died”, nor the papers that such answers call for.
 */
export function formFor(kind: ClaimsKindRead, who: Who): ClaimsKindRead {
  const asked = (item: { applicant?: Who | null }) => !item.applicant || item.applicant === who
  const died = who === 'self' ? kind.on_behalf?.deceased : undefined
  const possible = (field: ClaimsKindField) =>
    field.code === died?.field ? { ...field, options: Object.fromEntries(Object.entries(field.options).filter(([code]) => !died.is_one_of.includes(code))) } : field
  const fields = kind.fields.filter(asked).map(possible)
  const mayHold = (when: Conditional['when']) => !when || (fields.some((one) => one.code === when.field) && !(when.field === died?.field && when.is_one_of.every((code) => died.is_one_of.includes(code))))
  return { ...kind, fields: fields.filter((one) => mayHold(one.when)), documents: kind.documents.filter((one) => asked(one) && mayHold(one.when)) }
}

/** Partly hidden: it is shown beside the field, and stays as it is unless another is typed. */
export const isMasked = (value: string | null): boolean => value?.includes('*') ?? false

/** The values that the services hold and show in full. */
export function valuesOf(claim: ClaimsClaimRead): Values {
  const shown = claim.fields.filter((one) => one.value !== null && !isMasked(one.value))
  return Object.fromEntries(shown.map((one) => [placeOf(one.code, one.stay), one.value ?? '']))
}

const stayIn = (place: string): number => Number(/^stays\.(\d+)\./.exec(place)?.[1] ?? WHOLE)

/** The stays of a claim by their numbers: at least one where the kind has stays; those typed or added here too. */
export function staysOf(kind: ClaimsKindRead, claim: ClaimsClaimRead, typed: Values, added: readonly number[]): number[] {
  if (!kind.max_stays) return []
  const there = [...claim.fields, ...claim.documents].map((one) => one.stay)
  // The first is always asked for; the others can be taken off.
  const all = new Set([WHOLE + 1, ...there, ...Object.keys(typed).map(stayIn), ...added].filter((stay) => stay > WHOLE && stay <= kind.max_stays))
  return [...all].sort((one, other) => one - other)
}

/** The number of one more stay: one that was taken off left its own free. */
export function nextStay(stays: readonly number[]): number {
  let next = WHOLE + 1
  while (stays.includes(next)) next += 1
  return next
}

export function fieldsAt(kind: ClaimsKindRead, stay: number, values: Values): ClaimsKindField[] {
  return kind.fields.filter((one) => one.per_stay === stay > WHOLE && !one.set_by_platform && applies(one, stay, values))
}

/** The card of who applies, and its bank beside it: an heir's card stands with the heir. */
export const isOfCard = (field: Pick<ClaimsKindField, 'type'>): boolean => field.type === 'bank_card' || field.type === 'bank_name'

/** Without the bank where no card is named: one that is on file has its own. `named`: the application names a card already. */
export function withBank(fields: ClaimsKindField[], values: Values, named: boolean): ClaimsKindField[] {
  const asked = named || fields.some((one) => one.type === 'bank_card' && (values[one.code] ?? '').trim())
  return fields.filter((one) => asked || one.type !== 'bank_name')
}

export function papersAt(kind: ClaimsKindRead, stay: number, values: Values): ClaimsKindDocument[] {
  return kind.documents.filter((one) => one.per_stay === stay > WHOLE && applies(one, stay, values))
}

/** What was typed and differs from what the services hold, as they take it. */
export function changesOf(typed: Values, held: Values): { code: string; stay: number | null; value: string }[] {
  return Object.entries(typed)
    .filter(([place, value]) => value !== (held[place] ?? ''))
    .map(([place, value]) => {
      const parts = /^stays\.(\d+)\.(.+)$/.exec(place)
      return parts ? { code: parts[2] ?? '', stay: Number(parts[1]), value } : { code: place, stay: null, value }
    })
}

const OPEN = new Set(['draft', 'to_upload', 'returned'])
/** Its applicant may still change it, and hand it in. */
export const isOpen = (claim: { status: string }): boolean => OPEN.has(claim.status)
