import { describe, expect, it } from 'vitest'

import type { ClaimsClaimRead, ClaimsKindRead } from '@huzhu/shared/api'

import { changesOf, fieldsAt, formFor, nextStay, papersAt, placeOf, staysOf } from './forms'

const when = { field: 'reason', is_one_of: ['death'] }
const kind = {
  max_stays: 2,
  fields: [
    { code: 'reason', per_stay: false },
    { code: 'heir', per_stay: false, when },
    { code: 'cost', per_stay: true },
    { code: 'today', per_stay: false, set_by_platform: true },
  ],
  documents: [{ code: 'proof', per_stay: false, when }, { code: 'receipt', per_stay: true }],
} as unknown as ClaimsKindRead
const claim = (stays: number[]) => ({ fields: stays.map((stay) => ({ stay })), documents: [] }) as unknown as ClaimsClaimRead

describe('the form of an application', () => {
  it('shows what applies to what is filled in', () => {
    expect(fieldsAt(kind, 0, {}).map((one) => one.code)).toEqual(['reason'])
    expect(fieldsAt(kind, 0, { reason: 'death' }).map((one) => one.code)).toEqual(['reason', 'heir'])
    expect(fieldsAt(kind, 1, {}).map((one) => one.code)).toEqual(['cost'])
    expect(papersAt(kind, 0, { reason: 'death' }).map((one) => one.code)).toEqual(['proof'])
    expect(papersAt(kind, 0, {})).toEqual([])
  })

  it('asks nobody about themselves what can be true of another only', () => {
    const died = { field: 'died', is_one_of: ['yes'] }
    const subsidy = {
      ...kind,
      fields: [{ code: 'died', applicant: 'other', options: { yes: '是', no: '否' } }, { code: 'own', applicant: 'self' }, { code: 'name' }],
      documents: [{ code: 'heirship', when: died }, { code: 'receipt' }],
      on_behalf: { deceased: died },
    } as unknown as ClaimsKindRead
    const codes = (items: { code: string }[]) => items.map((one) => one.code)
    expect(codes(formFor(subsidy, 'self').fields)).toEqual(['own', 'name'])
    expect(codes(formFor(subsidy, 'self').documents)).toEqual(['receipt'])
    expect(codes(formFor(subsidy, 'other').fields)).toEqual(['died', 'name'])
    expect(codes(formFor(subsidy, 'other').documents)).toEqual(['heirship', 'receipt'])
  })

  it('offers nobody the answer that they have died themselves, and keeps the others', () => {
    const options = { birth: '生育', death: '父母去世', own: '本人去世' }
    const condolence = {
      ...kind,
      fields: [{ code: 'reason', options }, { code: 'statement', when: { field: 'reason', is_one_of: ['death', 'own'] } }],
      documents: [{ code: 'proof', when: { field: 'reason', is_one_of: ['death', 'own'] } }, { code: 'seal', when: { field: 'reason', is_one_of: ['own'] } }],
      on_behalf: { deceased: { field: 'reason', is_one_of: ['own'] } },
    } as unknown as ClaimsKindRead
    const mine = formFor(condolence, 'self')
    expect(mine.fields[0]?.options).toEqual({ birth: '生育', death: '父母去世' })
    expect(mine.documents.map((one) => one.code)).toEqual(['proof'])
    expect(formFor(condolence, 'other').fields[0]?.options).toEqual(options)
  })

  it('has at least one stay and never more than the kind allows', () => {
    expect(staysOf(kind, claim([]), {}, [])).toEqual([1])
    expect(staysOf(kind, claim([0, 2, 2]), {}, [])).toEqual([1, 2])
    expect(staysOf(kind, claim([1]), {}, [9])).toEqual([1])
    expect(staysOf({ ...kind, max_stays: 0 }, claim([]), {}, [3])).toEqual([])
  })

  it('shows stays that were typed or added here, each under its own number after another was taken off', () => {
    const many = { ...kind, max_stays: 5 }
    expect(staysOf(many, claim([1]), { 'stays.3.cost': '1', reason: 'death' }, [4])).toEqual([1, 3, 4])
    expect(nextStay([1, 3, 4])).toBe(2)
    expect(nextStay([1])).toBe(2)
  })

  it('sends only what was changed, in its place', () => {
    const typed = { reason: 'death', [placeOf('cost', 2)]: '10.00', same: 'x' }
    expect(changesOf(typed, { same: 'x', reason: 'birth' })).toEqual([
      { code: 'reason', stay: null, value: 'death' },
      { code: 'cost', stay: 2, value: '10.00' },
    ])
  })
})
