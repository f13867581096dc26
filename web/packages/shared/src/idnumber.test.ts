import { describe, expect, it } from 'vitest'

import { checkDigit } from './idnumber'

describe('the check digit of an ID number', () => {
  it('is the one of the standard', () => {
    expect(checkDigit('11010519491231002')).toBe('X')
    expect(checkDigit('44052418800101001')).toBe('4')
    expect(checkDigit('E1234567')).toBeUndefined()
  })
})
