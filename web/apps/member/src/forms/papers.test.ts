import { expect, it } from 'vitest'

import type { ClaimsClaimRead, OcrDocumentRead } from '@huzhu/shared/api'

import { marksOf, plain } from './marks'
import { differencesOf } from './papers'

const paper = (document_id: string, title: string, stay = 1) => ({ document_id, title, stay, state: 'recognized' })
const read = (fields: Record<string, string>) =>
  ({ fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, confidence: 0.9, source: 'text', verified: false }])) }) as unknown as OcrDocumentRead
const claim = { documents: [paper('a', '住院收费票据'), paper('b', '医保结算单'), paper('c', '医保结算单', 2)], fields: [] } as unknown as ClaimsClaimRead

it('says which paper of a stay says what, where they differ', () => {
  const found = differencesOf(claim, 1, {
    a: read({ 金额合计小写: '13,000.00', 医保统筹基金支付: '5000', 票据号码: '1' }),
    b: read({ 金额合计小写: '13000', 医保统筹基金支付: '4000.00', 票据号码: '2' }),
    c: read({ 医保统筹基金支付: '1.00' }),
  })
  expect(found).toEqual([
    {
      name: '医保统筹基金支付',
      says: [
        { document: 'a', title: '住院收费票据', value: '5000' },
        { document: 'b', title: '医保结算单', value: '4000.00' },
      ],
    },
  ])
})

it.each([['2026年5月1日', '2026-05-01'], ['2026-05-01', '2026-05-01'], ['1,234.5', '1234.50'], ['00123456789012', '00123456789012'], [' 无锡市人民医院 ', '无锡市人民医院']])(
  'compares %s as %s',
  (given, compared) => expect(plain(given)).toBe(compared),
)

it('keeps what was read beside what it was corrected to', () => {
  const field = { code: 'receipt_number', stay: 1, title: '票据号码', document_id: 'a', read: '123', value: '124', shown: '124', confidence: 0.871, verified: false, corrected: true }
  const given = { ...claim, fields: [field, { ...field, code: 'typed', document_id: null }] } as unknown as ClaimsClaimRead
  expect(marksOf(given, 'a')).toEqual([{ code: '1.receipt_number', title: '票据号码', read: '123', value: '124', sure: 87, verified: false, corrected: true }])
})
