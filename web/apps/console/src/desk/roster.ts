// What is wrong with a row of a roster: its fields in words, and which of them are corrected in place.
import type { EnrollmentPersonRead } from '@huzhu/shared/api'

import { refusalOf } from './menu'
import { type Pair, say, said } from './wording'

const FIELDS: Record<string, Pair> = {
  row: ['整行', 'Whole row'], name: ['姓名', 'Name'], document_number: ['证件号码', 'ID number'], bank_card: ['社保卡银行卡号', 'Bank card'], bank_name: ['开户行', 'Bank'], mobile: ['手机号码', 'Mobile'],
  sex: ['性别', 'Sex'], shares: ['份数', 'Shares'], amount: ['金额', 'Amount'], note: ['备注', 'Note'], member_number: ['会员编号', 'Member number'], staff_number: ['工号', 'Staff number'], department: ['部门', 'Department'],
}
/** What a form may change of a person. */
export const EDITABLE = ['name', 'document_number', 'bank_card', 'bank_name', 'mobile'] as const
// Rules speak of a sheet's columns; what is edited is the number of whichever document it is, the card, and shares, not their amount.
const COLUMNS: Record<string, string> = { id_number: 'document_number', social_card: 'bank_card' }
const editedBy = (field: string) => COLUMNS[field] ?? field
const inPlace = (field: string) => (field === 'amount' ? 'shares' : editedBy(field))

export const wordsOf = (field: string): Pair => FIELDS[editedBy(field)] ?? ['其他', 'Other']
export const labelOf = (field: string): string => said(wordsOf(field))

/** The fields of a person with a fault that can be corrected in place, in the order of the sheet. */
export const wrongFields = (one: Pick<EnrollmentPersonRead, 'reasons'>): string[] => [...EDITABLE, 'sex', 'member_number', 'shares'].filter((field) => one.reasons.some((reason) => inPlace(reason.field) === field))

/** What was typed, as it is sent; what was left empty stays as it is. */
export const correctionOf = (typed: Record<string, string>): Record<string, string | number> =>
  Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== '').map(([field, value]) => [field, field === 'shares' ? Number(value) : value]))

// Where the next step of a reason is done, if it is not done in the row itself.
const PAGES: Record<string, string> = { transfer: 'requests', admission: 'admissions?state=new', change_of_data: 'members', finish_order: 'orders', look_up_cover: 'records', renew: 'renewals' }

/** The page on which a reason's next step is done; undefined where that is here, or not open to whoever is signed in. */
export function pageFor(action: string, base: string): string | undefined {
  const page = PAGES[action] && `${base}/${PAGES[action]}`
  return page && !refusalOf(page.split('?')[0] ?? '') ? page : undefined
}

/** Where a person stands in the sheet that was uploaded. */
export const placeOf = (one: Pick<EnrollmentPersonRead, 'row'>): string => (one.row ? say(`第 ${one.row} 行`, `row ${one.row}`) : '—')
