// What a unit's profile still needs before it is handed in, and what of it stays in the tab over a reload.
import { session } from '@huzhu/shared'

import type { Pair } from './wording'

export interface Profile { org_node: string; medical_code: string; handler_name: string; handler_id_number: string }
export type Papers = Record<string, { receipt: string; name: string }>
export interface Paper { code: string; group?: string | null; required?: boolean }

/** What is asked besides: whether the union has districts and wants the insurance code, its papers; each time it is handed in they are sent anew. */
export interface Wanted { districts: boolean; code: boolean; papers: readonly Paper[]; uploaded: readonly string[]; agreed: boolean }

/** Of papers of one group any will do; a paper without a group is asked for unless it is optional. */
function papersMissing(papers: readonly Paper[], there: readonly string[]): boolean {
  const groups = new Map<string, Paper[]>()
  for (const paper of papers) groups.set(paper.group ?? paper.code, [...(groups.get(paper.group ?? paper.code) ?? []), paper])
  return [...groups.values()].some((group) => group.some((paper) => paper.required !== false) && !group.some((paper) => there.includes(paper.code)))
}

export function missingOf(typed: Profile, wanted: Wanted): Pair[] {
  const list: [boolean, Pair][] = [
    [wanted.districts && !typed.org_node, ['所属区局', 'district bureau']],
    [wanted.code && !typed.medical_code.trim(), ['医保单位编号', 'medical-insurance code']],
    [!typed.handler_name.trim(), ['经办人姓名', "handler's name"]],
    [!typed.handler_id_number.trim(), ['经办人身份证号', "handler's ID number"]],
    [papersMissing(wanted.papers, wanted.uploaded), ['证明材料', 'papers']],
    [!wanted.agreed, ['承诺书', 'commitment']],
  ]
  return list.filter(([lacks]) => lacks).map(([, words]) => words)
}

// By account: whoever signs in next in this tab finds nothing of it. The ID number is never kept.
const place = () => `huzhu.profile.${session.whose()}`
export function recalled(): { typed?: Partial<Profile>; papers?: Papers } {
  try { return JSON.parse(sessionStorage.getItem(place()) ?? '{}') as object } catch { return {} }
}
export function keep(typed: Profile, papers: Papers): void {
  try { sessionStorage.setItem(place(), JSON.stringify({ typed: { ...typed, handler_id_number: '' }, papers })) } catch { /* nothing kept */ }
}
export function forget(): void {
  try { sessionStorage.removeItem(place()) } catch { /* nothing kept */ }
}
