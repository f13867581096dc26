import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { makeI18n, preferences, type Values } from '@huzhu/shared'
import type { ClaimsClaimRead, ClaimsKindRead } from '@huzhu/shared/api'

import { en, zh } from '../messages'
import FillPart from './FillPart.vue'

const field = (code: string, more: object = {}) => ({ code, title: code, type: 'text', required: true, per_stay: false, from_register: false, options: {}, help: null, ...more })
const paper = (code: string, more: object = {}) => ({ code, title: code, types: ['other'], required: true, per_stay: false, max_files: 5, sample: null, group: null, instead: null, ...more })
const kind = {
  max_stays: 0,
  fields: [field('card', { type: 'bank_card' }), field('illness', { type: 'choice', options: { stroke: '脑中风', tumour: '肿瘤' } }), field('why_none', { type: 'long_text', required: false })],
  documents: [paper('operation', { instead: 'why_none' }), paper('pathology', { when: { field: 'illness', is_one_of: ['tumour'] } })],
} as unknown as ClaimsKindRead
const claim = { fields: [{ code: 'card', stay: 0, value: '6217 **** 0317', shown: '6217 **** 0317', source: 'register' }], documents: [], missing: [] } as unknown as ClaimsClaimRead

function part(values: Values, more: object = {}) {
  preferences.language = 'zh'
  const stubs = { VanField: { props: ['label', 'required', 'errorMessage'], template: '<p class="field" :class="{ required }">{{ label }}<slot name="input" />{{ errorMessage }}</p>' }, VanCellGroup: { template: '<div><slot /></div>' }, VanButton: { template: '<button><slot /></button>' }, RouterLink: { template: '<a><slot /></a>' } }
  return mount(FillPart, { props: { kind, claim, stay: 0, values, links: {}, faults: [], take: () => undefined, ...more }, global: { plugins: [makeI18n(zh, en)], components: stubs } })
}

it('asks first what decides which papers are needed', () => {
  const order = part({ illness: 'tumour' }).findAll('.field, .paper h3').map((one) => one.text().split(' ')[0])
  expect(order.map((one) => one?.replace(/请选择.*/, ''))).toEqual(['illness', 'operation', 'why_none', 'pathology', 'card'])
})

it('has the words for a paper that there is not at that paper', () => {
  const page = part({ illness: 'stroke' }, { faults: [{ field: 'why_none', message: '请写明原因' }] })
  expect(page.findAll('.paper').map((one) => one.attributes('id'))).toEqual(['paper-operation'])
  expect(page.find('.paper').text()).toContain('请写明原因')
})

it('asks the bank of a card that is typed or named here, and none of a card that is on file', () => {
  const withBank = { ...kind, fields: [...kind.fields, field('payee.bank_name', { title: 'bank', type: 'bank_name' })] }
  const asked = (values: Values, source: string) => part(values, { kind: withBank, claim: { ...claim, fields: [{ ...claim.fields[0], type: 'bank_card', source }] } }).text().includes('bank')
  expect(asked({}, 'register')).toBe(false)
  expect(asked({ card: '6217000010001230317' }, 'register')).toBe(true)
  expect(asked({}, 'typed')).toBe(true)
})

it('does not mark as needed what is on file', () => {
  const card = part({}).findAll('.field').find((one) => one.text().startsWith('card'))
  expect(card?.classes()).not.toContain('required')
})
