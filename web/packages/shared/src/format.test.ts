import { describe, expect, it } from 'vitest'

import { day, money, moment, percent, span } from './format'

describe('figures', () => {
  it('shows money to the cent, without rounding in binary', () => {
    expect(money('1234567.8')).toBe('1,234,567.80')
    expect(money('-1000')).toBe('-1,000.00')
    expect(money('0.07')).toBe('0.07')
    expect(money(null)).toBe('—')
  })
  it('shows moments on the clock of the unions', () => {
    expect(moment('2026-01-01T16:30:00Z')).toBe('2026-01-02 00:30')
    expect(moment(undefined)).toBe('—')
  })
  it('says the day of a span once', () => {
    expect(span('2026-01-01T01:00:00Z', '2026-01-01T03:00:00Z')).toBe('2026-01-01 09:00–11:00')
    expect(span('2026-01-01T01:00:00Z', '2026-01-02T03:00:00Z')).toBe('2026-01-01 09:00 — 2026-01-02 11:00')
    expect(span('2026-01-01T01:00:00Z', null)).toBe('2026-01-01 09:00')
    expect(span(null, null)).toBe('—')
  })
  it('shows days at the unions, not in the browser', () => {
    expect(day('2024-04-01T16:00:00Z')).toBe('2024-04-02')
    expect(day('2024-04-02')).toBe('2024-04-02')
    expect(day(null)).toBe('—')
  })
  it('shows the last day of what ends at midnight, and one dash for what has no time', () => {
    expect(span('2026-11-29T01:30:00Z', '2026-12-31T16:00:00Z')).toBe('2026-11-29 09:30 — 2026-12-31')
    expect(span('2026-11-30T16:00:00Z', '2026-12-31T16:00:00Z')).toBe('2026-12-01 — 2026-12-31')
    expect(span('2026-11-29T01:30:00Z', '2026-11-29T02:30:00Z')).toBe('2026-11-29 09:30–10:30')
    expect(span(null, undefined)).toBe('—')
    expect(span(null, '2026-12-31T16:00:00Z')).toBe('2026-12-31')
    expect(span('2026-11-29T01:30:00Z', null)).toBe('2026-11-29 09:30')
  })
  it('shows shares', () => expect(percent('0.8125')).toBe('81.3%'))
})
