// The check digit of a resident's ID number (GB 11643).
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const DIGITS = '10X98765432'

/** The check digit that belongs to the first 17 digits; undefined where it is no such number. */
export function checkDigit(number: string): string | undefined {
  if (!/^\d{17}/.test(number)) return undefined
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0)
  return DIGITS[sum % 11]
}
