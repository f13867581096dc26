// What was read on a card, in the reader's words: recognition names fields, and writes sex, nationality and birth, as they are printed.
import { NATION_KEYS } from './words/nations'

type Say = (key: string) => string
const FIELDS: Record<string, string> = { 姓名: 'name', 性别: 'sex', 民族: 'nation', 出生: 'born', 住址: 'address', 公民身份号码: 'idNumber', 社会保障号码: 'socialNumber', 卡号: 'cardNumber' }
const SEXES: Record<string, string> = { 女: 'female', 男: 'male' }

/** What a field is called; one that is not known, as it is printed. */
export const fieldName = (printed: string, t: Say): string => (FIELDS[printed] ? t(`mine.cardFields.${FIELDS[printed]}`) : printed)

/** A value that has words of its own; names, addresses and numbers stay as they are. */
export function fieldValue(printed: string, value: string, t: Say): string {
  const field = FIELDS[printed]
  if (field === 'sex' && SEXES[value]) return t(`mine.sexes.${SEXES[value]}`)
  const nation = field === 'nation' && NATION_KEYS[value.replace(/族$/, '')]
  if (nation) return t(`mine.nations.${nation}`)
  return value
}
