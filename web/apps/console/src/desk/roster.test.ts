import { afterEach, expect, it } from 'vitest'

import { enterTenant, preferences, signedIn } from '@huzhu/shared'
import type { EnrollmentPersonRead } from '@huzhu/shared/api'

import { correctionOf, labelOf, pageFor, placeOf, wrongFields } from './roster'

const faulty = (...fields: string[]) => ({ reasons: fields.map((field) => ({ field })) }) as unknown as EnrollmentPersonRead
afterEach(() => { preferences.language = 'zh' })

// Every field that the service's rules may name: none is shown as it is written in the program.
const FIELDS = ['row', 'name', 'id_number', 'social_card', 'bank_name', 'mobile', 'sex', 'shares', 'amount', 'note', 'member_number', 'staff_number', 'department']
it.each(FIELDS)('names %s in words', (field) => {
  preferences.language = 'zh'
  expect(labelOf(field)).toMatch(/^[\u4e00-\u9fff]+$/)
  expect(labelOf(field)).not.toBe('其他')
  preferences.language = 'en'
  expect(labelOf(field)).toMatch(/^[A-Z][a-zA-Z ]+$/)
})
it('names what it does not know in words, too', () => {
  preferences.language = 'zh'
  expect(labelOf('something_new')).toBe('其他')
})
it.each([[['social_card'], ['bank_card']], [['mobile', 'social_card', 'id_number'], ['document_number', 'bank_card', 'mobile']], [['row'], []], [['amount'], ['shares']], [['member_number'], ['member_number']], [['sex'], ['sex']]])('lets faults of %j be corrected by %j', (fields, open) => {
  expect(wrongFields(faulty(...fields))).toEqual(open)
})
it('sends what was typed only', () => {
  expect(correctionOf({ bank_card: '6222', mobile: '', shares: '2' })).toEqual({ bank_card: '6222', shares: 2 })
})
it('says where a person stands in the sheet', () => {
  preferences.language = 'zh'
  expect([placeOf({ row: 7 }), placeOf({ row: null })]).toEqual(['第 7 行', '—'])
})
it.each([
  ['transfer', 'identity.member.read', '/beijing/requests'], ['admission', 'identity.member.write', '/beijing/admissions?state=new'], ['change_of_data', 'identity.member.read', '/beijing/members'],
  ['finish_order', 'enrollment.order.read', '/beijing/orders'], ['look_up_cover', 'enrollment.policy.read', '/beijing/records'], ['renew', 'enrollment.policy.read', '/beijing/renewals'],
])('leads from %s to where it is done, if it is open to one', (action, permission, page) => {
  const account = { id: 'a', kind: 'handler', tenant: 'beijing', roles: [], org_path: '' }
  enterTenant('console', 'beijing')
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { ...account, permissions: [permission] } })
  expect([pageFor(action, '/beijing'), pageFor('correct', '/beijing')]).toEqual([page, undefined])
  signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { ...account, permissions: [] } })
  expect(pageFor(action, '/beijing')).toBeUndefined()
})
