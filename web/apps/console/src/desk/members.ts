// States of members, kinds of document, and the reveal of a member's full values (each one is audited).
import { call } from '@huzhu/shared'
import type { IdentityMemberRevealed } from '@huzhu/shared/api'

import { ask, textOf } from './asking'
import type { Choice } from './listing'
import { type Pair, said } from './wording'

export const MEMBER_STATES: Choice[] = [
  { value: 'new', label: ['新建', 'New'] }, { value: 'reported', label: ['上报', 'Reported'] }, { value: 'confirmed', label: ['财务确认', 'Confirmed'] },
  { value: 'returned', label: ['打回', 'Returned'] }, { value: 'left', label: ['已离开', 'Left'] },
]
export const memberState = (state: string): string => { const found = MEMBER_STATES.find((one) => one.value === state); return found ? said(found.label) : state }
export const memberTone = (state: string) => ({ new: 'info', reported: 'warning', confirmed: 'success', returned: 'danger' } as const)[state as 'new']

// Why a member's facts changed.
const CAUSES: Record<string, Pair> = {
  admitted: ['入会登记', 'Admitted'], edited: ['修改登记', 'Edited'], reported: ['上报', 'Reported'], confirmed: ['财务确认', 'Confirmed'], returned: ['打回', 'Returned'], left: ['离会', 'Left'], registered: ['会员注册', 'Registered'], rostered: ['随花名册参保', 'On a roster'],
  changed: ['变更姓名或证件号', 'Name or number changed'], transferred: ['调动', 'Transferred'], bound: ['绑定手机', 'Bound'], unbound: ['解除绑定', 'Unbound'], recovered: ['找回账号', 'Recovered'], mobile_changed: ['更换手机号', 'Mobile changed'], carried: ['由原系统转入', 'Carried over'],
}
export const causeOf = (cause: string): string => (CAUSES[cause] ? said(CAUSES[cause]) : cause)

const KINDS: Record<string, Pair> = {
  resident_id: ['居民身份证', 'Resident ID'], passport: ['护照', 'Passport'], hmt_residence_permit: ['港澳台居民居住证', 'Residence permit (HK, Macao, Taiwan)'], hk_macau_permit: ['港澳居民来往内地通行证', 'Mainland travel permit (HK, Macao)'],
  taiwan_permit: ['台湾居民来往大陆通行证', 'Mainland travel permit (Taiwan)'], foreign_permanent_resident: ['外国人永久居留身份证', 'Permanent residence card of a foreigner'],
}
export const documentKind = (kind: string): string => (KINDS[kind] ? said(KINDS[kind]) : kind)
/** The kinds of document to choose from, in the language of the page. */
export const documentKinds = () => Object.keys(KINDS).map((value) => ({ value, label: documentKind(value) }))

/** Ask why, then show the full values; the service writes it to the audit log. */
export function reveal(personId: string, show: (found: IdentityMemberRevealed) => void): void {
  ask({
    about: personId, title: ['查看完整信息', 'Show the full values'], text: said(['查看原因会写入审计日志。', 'The reason goes to the audit log.']),
    fields: [{ name: 'reason', label: ['查看原因', 'Reason'], type: 'long' }],
    work: (once, values) => call(`/api/identity/members/${personId}/reveal`, { method: 'POST', once, json: { reason: textOf(values.reason) } }),
    finished: (answer) => show(answer as IdentityMemberRevealed),
  })
}
