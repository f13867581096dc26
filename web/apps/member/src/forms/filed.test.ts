import { describe, expect, it } from 'vitest'

import type { ClaimsKindDocument, IdentityOfferedDocument } from '@huzhu/shared/api'

import { carried } from './filed'

const paper = (code: string, more: Partial<ClaimsKindDocument>): ClaimsKindDocument => ({
  code, title: code, types: [code], required: true, per_stay: false, max_files: 5, sample: null, group: null, when: null, instead: null, ...more,
})
const filed = (kind: IdentityOfferedDocument['kind']): IdentityOfferedDocument => ({ kind, document_id: kind, receipt: `receipt of ${kind}` })

describe('what is on file', () => {
  it('stands on a new application where it is needed in every case', () => {
    const papers = [paper('id-card', { types: ['id_card'] }), paper('bank-card', { types: ['bank_card'], required: false }), paper('receipt', {})]
    expect(carried(papers, [filed('bank_card'), filed('id_card')])).toEqual([{ receipt: 'receipt of id_card', rule: 'id-card' }])
  })
  it('is not put where it may not be asked for', () => {
    const types = ['id_card']
    const papers = [paper('a', { types, when: { field: 'died', is_one_of: ['yes'] } }), paper('b', { types, group: 'who' }), paper('c', { types, per_stay: true })]
    expect(carried(papers, [filed('id_card')])).toEqual([])
  })
})
