import { describe, expect, it } from 'vitest'

import type { ClaimsClaimRead, ClaimsKindRead } from '@huzhu/shared/api'

import { changesOf, fieldsAt, nextStay, papersAt, placeOf, staysOf } from './forms'

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
