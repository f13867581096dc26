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

/** Partly hidden: it is shown beside the field, and stays as it is unless another is typed. */
export const isMasked = (value: string | null): boolean => value?.includes('*') ?? false

/** The values that the services hold and show in full. */
export function valuesOf(claim: ClaimsClaimRead): Values {
  const shown = claim.fields.filter((one) => one.value !== null && !isMasked(one.value))
  return Object.fromEntries(shown.map((one) => [placeOf(one.code, one.stay), one.value ?? '']))
}

/** The stays of a claim: at least one where the kind has stays. */
export function staysOf(kind: ClaimsKindRead, claim: ClaimsClaimRead, added: number): number[] {
  if (!kind.max_stays) return []
  const there = [...claim.fields, ...claim.documents].map((one) => one.stay)
  const count = Math.min(kind.max_stays, Math.max(1, added, ...there))
  return Array.from({ length: count }, (_, place) => place + 1)
}

export function fieldsAt(kind: ClaimsKindRead, stay: number, values: Values): ClaimsKindField[] {
  return kind.fields.filter((one) => one.per_stay === stay > WHOLE && !one.set_by_platform && applies(one, stay, values))
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
