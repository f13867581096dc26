import { expect, it } from 'vitest'

import type { ClaimsClaimRead } from '@huzhu/shared/api'

import { marksOf, plain } from './marks'

const claim = { documents: [], fields: [] } as unknown as ClaimsClaimRead

it.each([['2026年5月1日', '2026-05-01'], ['2026-05-01', '2026-05-01'], ['1,234.5', '1234.50'], ['00123456789012', '00123456789012'], [' 无锡市人民医院 ', '无锡市人民医院']])(
  'compares %s as %s',
  (given, compared) => expect(plain(given)).toBe(compared),
)

it('keeps what was read beside what it was corrected to', () => {
  const field = { code: 'receipt_number', stay: 1, title: '票据号码', document_id: 'a', read: '123', value: '124', shown: '124', confidence: 0.871, verified: false, corrected: true }
  const given = { ...claim, fields: [field, { ...field, code: 'typed', document_id: null }] } as unknown as ClaimsClaimRead
  expect(marksOf(given, 'a')).toEqual([{ code: '1.receipt_number', title: '票据号码', read: '123', value: '124', sure: 87, verified: false, corrected: true }])
})
