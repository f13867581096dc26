import { describe, expect, it } from 'vitest'

import type { ClaimsKindField, ClaimsKindRead } from './api'
import { bankNameFault, nameFault, plainName } from './numbers'
import samples from './values.samples.json'
import { formFaults, valueFault } from './values'

const pair = (fault: { zh: string; en: string } | undefined) => fault && [fault.zh, fault.en]
const field = (code: string) => ({ code, title: code, input: code, type: code.endsWith('_date') ? 'date' : 'money', per_stay: true, required: true, from_register: false, options: {}, help: null }) as ClaimsKindField
const hospital = { max_stays: 5, fields: ['admission_date', 'discharge_date', 'total_cost', 'pooled_paid', 'account_paid'].map(field), documents: [] } as unknown as ClaimsKindRead

describe('what was typed is judged as the services judge it', () => {
  it.each(samples.values)('$field.type: $text', ({ field: one, text, fault }) => {
    expect(pair(valueFault(one as Parameters<typeof valueFault>[0], text))).toEqual(fault)
  })

  it.each(samples.names)('name: $text', ({ text, fault }) => {
    expect(pair(nameFault(plainName(text)))).toEqual(fault)
  })

  it.each(samples.banks)('bank: $text', ({ text, fault }) => {
    expect(pair(bankNameFault(text))).toEqual(fault)
  })

  it.each(samples.stays)('days and amounts beside each other: $values', ({ values, faults }) => {
    const found = formFaults(hospital, [1, 2, 3], values as unknown as Record<string, string>, samples.today)
    expect(Object.fromEntries([...found].map(([place, fault]) => [place, pair(fault)]))).toEqual(faults)
  })

  it('says one thing of a place, and nothing of a field that does not apply', () => {
    const kind = { ...hospital, fields: [{ ...field('event_date'), per_stay: false, when: { field: 'grade', is_one_of: ['death'] } }] } as ClaimsKindRead
    expect(formFaults(kind, [], { event_date: '2030-01-01', grade: 'injury' }, samples.today).size).toBe(0)
    expect([...formFaults(kind, [], { event_date: '2030-01-01', grade: 'death' }, samples.today).keys()]).toEqual(['event_date'])
  })
})
