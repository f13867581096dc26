import { beforeEach, expect, it } from 'vitest'

import { enterTenant, signedIn } from '@huzhu/shared'

import { forget, keep, missingOf, recalled } from './profile'

const FULL = { org_node: 'binhu', medical_code: '123456', handler_name: '夏武', handler_id_number: '320205197104122301' }
const PAPERS = [{ code: 'certificate', group: 'proof' }, { code: 'licence', group: 'proof' }]
const WANTED = { districts: true, code: true, papers: PAPERS, uploaded: ['licence'], agreed: true }
const signIn = (id: string) => signedIn({ access_token: 'a', refresh_token: 'r', expires_in: 900, account: { id, kind: 'handler', tenant: 'wuxi', roles: [], permissions: [], org_path: '' } })
beforeEach(() => {
  sessionStorage.clear()
  localStorage.clear()
  enterTenant('console', 'wuxi')
  signIn('one')
})

it('needs nothing more of a full profile', () => expect(missingOf(FULL, WANTED)).toEqual([]))
it('names everything that the service would refuse', () => {
  const nothing = { org_node: '', medical_code: ' ', handler_name: '', handler_id_number: '' }
  const names = missingOf(nothing, { ...WANTED, uploaded: [], agreed: false }).map(([zh]) => zh)
  expect(names).toEqual(['所属区局', '医保单位编号', '经办人姓名', '经办人身份证号', '证明材料', '承诺书'])
})
it('asks for no district and no code where the union has none, and for no optional paper', () => {
  expect(missingOf({ ...FULL, org_node: '', medical_code: '' }, { ...WANTED, districts: false, code: false, papers: [{ code: 'extra', required: false }], uploaded: [] })).toEqual([])
})
it('keeps what was typed and uploaded over a reload, without the ID number, for this account only', () => {
  keep(FULL, { licence: { receipt: 'r1', name: 'a.jpg' } })
  expect(recalled()).toEqual({ typed: { ...FULL, handler_id_number: '' }, papers: { licence: { receipt: 'r1', name: 'a.jpg' } } })
  expect(JSON.stringify(sessionStorage)).not.toContain(FULL.handler_id_number)
  signIn('another')
  expect(recalled()).toEqual({})
  signIn('one')
  forget()
  expect(recalled()).toEqual({})
})
