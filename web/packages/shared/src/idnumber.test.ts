import { describe, expect, it } from 'vitest'

import { checkDigit, slippedNumber } from './idnumber'

describe('the check digit of an ID number', () => {
  it('is the one of the standard', () => {
    expect(checkDigit('11010519491231002')).toBe('X')
    expect(checkDigit('44052418800101001')).toBe('4')
    expect(checkDigit('E1234567')).toBeUndefined()
  })
  it('shows a slip of one digit or of two neighbours, and says nothing about other documents', () => {
    expect(slippedNumber('11010519491231002X')).toBe(false)
    expect(slippedNumber('11010519491231003X')).toBe(true)
    expect(slippedNumber('11010519491321002X')).toBe(true)
    expect(slippedNumber('E12345678')).toBe(false)
  })
})
