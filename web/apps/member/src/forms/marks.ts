// What was read on a paper and went into the form, as it is shown over the picture.
import type { ClaimsClaimRead } from '@huzhu/shared/api'

export interface Mark { code: string; title: string; read: string; value: string; sure: number; verified: boolean; corrected: boolean }

/** The values of a claim that stand on one of its papers; what was corrected stays marked with what was read. */
export function marksOf(claim: ClaimsClaimRead, document: string): Mark[] {
  return claim.fields
    .filter((one) => one.document_id === document && (one.read ?? one.value))
    .map((one) => ({
      code: `${one.stay}.${one.code}`,
      title: one.title,
      read: one.read ?? one.value ?? '',
      value: one.shown ?? one.value ?? '',
      sure: Math.round((one.confidence ?? 0) * 100),
      verified: one.verified,
      corrected: one.corrected,
    }))
}

/** A value as it can be compared: amounts with two places, days as 2026-05-01, everything else without its edges. */
export function plain(value: string): string {
  const number = value.replace(/[,，\s元¥￥]/g, '')
  if (/^-?\d+(\.\d+)?$/.test(number)) return number.length > 12 ? number : Number(number).toFixed(2)
  const day = /^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?$/.exec(value.trim())
  return day ? `${day[1]}-${day[2]?.padStart(2, '0')}-${day[3]?.padStart(2, '0')}` : value.trim()
}
