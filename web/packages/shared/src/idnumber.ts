// The check digit of a resident's ID number (GB 11643), so that a slip is seen while the person still stands there.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const DIGITS = '10X98765432'

/** The check digit that belongs to the first 17 digits; undefined where it is no such number. */
export function checkDigit(number: string): string | undefined {
  if (!/^\d{17}/.test(number)) return undefined
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0)
  return DIGITS[sum % 11]
}

/** Whether it looks like a resident's ID number and its check digit is wrong. */
export const slippedNumber = (number: string): boolean => /^\d{17}[\dXx]$/.test(number) && checkDigit(number) !== number[17]?.toUpperCase()
