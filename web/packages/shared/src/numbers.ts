// What can be wrong with a number on a card or document, in the words of common.identifiers; held to it by values.samples.json.
import { unionDay } from './format'
import { checkDigit } from './idnumber'
import type { Wording } from './tenant'

const words = (zh: string, en: string): Wording => ({ zh, en })
const [SHORTEST, LONGEST, CHECKED_FROM] = [12, 19, 13]
const LONGEST_LIFE = 130

/** A number as it was meant: full-width characters made ASCII, nothing invisible, no blanks. */
export const compactNumber = (text: string): string =>
  text.replace(/\p{Cf}/gu, '').replace(/[！-～]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0)).replace(/\s+/g, '')

function luhn(number: string): number {
  return [...number].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1)
    return sum + (value > 9 ? value - 9 : value)
  }, 0)
}

function cardFault(number: string): Wording | undefined {
  if (!/^\d+$/.test(number)) return words('银行卡号只能由数字组成。', 'A bank card number is made of digits only.')
  if (number.length < SHORTEST || number.length > LONGEST) return words(`银行卡号应为${SHORTEST}至${LONGEST}位，现为${number.length}位。`, `A bank card number has ${SHORTEST} to ${LONGEST} digits, this has ${number.length}.`)
  return number.length >= CHECKED_FROM && luhn(number) % 10 ? words('银行卡号不合法：校验位不符，至少有一位填错。', 'The card number is wrong: its check digit does not fit, at least one digit is wrong.') : undefined
}

function birthFault(born: string, today: string): Wording | undefined {
  const text = `${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6)}`
  const day = new Date(`${text}T00:00:00Z`)
  const real = born >= '00010101' && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4))
  if (real && years > LONGEST_LIFE) return words(`身份证号第7至14位 ${born} 表示此人已${years}岁，不会是真实的出生日期。`, `By digits 7 to 14, ${born}, the person would be ${years} years old.`)
  return real && text <= today ? undefined : words(`身份证号第7至14位 ${born} 不是真实的出生日期。`, `Digits 7 to 14, ${born}, are no real birth date.`)
}

/** What is wrong with a resident's ID number; which regions there ever were is known to the services alone. */
export function idNumberFault(number: string, today = unionDay()): Wording | undefined {
  if ([...number].length !== 18) return words(`身份证号应为18位，现为${[...number].length}位。`, `An ID number has 18 characters, this has ${[...number].length}.`)
  if (!/^\d{17}[\dXx]$/.test(number)) return words('身份证号中有不允许的字符：前17位只能是数字，末位只能是数字或大写 X。', 'The ID number has characters that do not belong: 17 digits, then a digit or X.')
  if (number.endsWith('x')) return words('身份证号末位的 x 是小写。', 'The last character of the ID number is a small x.')
  const [born, expected] = [birthFault(number.slice(6, 14), today), checkDigit(number)]
  return born ?? (expected === number[17] ? undefined : words(`身份证号不合法：检验位应为${expected}，现为${number[17]}。`, `The ID number is wrong: its check digit should be ${expected}, it is ${number[17]}.`))
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

function creditFault(code: string): Wording | undefined {
  if (code.length !== 18) return words(`统一社会信用代码应为18位，现为${code.length}位。`, `A unified social credit code has 18 characters, this has ${code.length}.`)
  if (![...code].every((one) => ALPHABET.includes(one)) || !/^\d+$/.test(code.slice(2, 8))) {
    return words('统一社会信用代码只能由数字和大写字母组成（不含 I、O、S、V、Z），第3至8位为数字。', 'The code is made of digits and capital letters (no I, O, S, V, Z); places 3 to 8 are digits.')
  }
  const sum = [...code.slice(0, 17)].reduce(({ total, weight }, one) => ({ total: total + weight * ALPHABET.indexOf(one), weight: (weight * 3) % 31 }), { total: 0, weight: 1 }).total
  const expected = ALPHABET[(31 - (sum % 31)) % 31]
  return expected === code[17] ? undefined : words(`统一社会信用代码不合法：校验码应为${expected}，现为${code[17]}。`, `The code is wrong: its check character should be ${expected}, it is ${code[17]}.`)
}

/** What is wrong with a number by its kind. */
export function numberFault(kind: 'id_number' | 'mobile' | 'bank_card' | 'credit_code', text: string): Wording | undefined {
  const number = compactNumber(text)
  if (kind === 'bank_card') return cardFault(number)
  if (kind === 'credit_code') return creditFault(number.toUpperCase())
  if (kind === 'id_number') return idNumberFault(number)
  return /^1[3-9]\d{9}$/.test(number) ? undefined : words('手机号不正确：应为11位数字，以13至19开头。', 'The mobile number is wrong: 11 digits, beginning with 13 to 19.')
}

const HAN = '\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
const LETTERS = 'A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f'
const NAME = new RegExp(`^[${HAN}${LETTERS}]+(?:·[${HAN}${LETTERS}]+)*$`, 'u')

/** A name as it was meant: one middle dot, ASCII letters; a name has no blanks, so they do not count. */
export const plainName = (text: string): string => compactNumber(text).replace(/[•‧∙⋅・･]/g, '·')

/** What is wrong with a person's name as `plainName` returns it. */
export function nameFault(name: string): Wording | undefined {
  if ([...name].length > 50 || !NAME.test(name)) return words('姓名中有不允许的字符：只能是汉字、字母和名字中间的“·”。', 'The name has characters that do not belong: Chinese characters, letters and · between them.')
  return new RegExp(`^[${LETTERS}]$`, 'u').test(name) ? words('姓名只有一个字母，不是完整的姓名。', 'The name is a single letter.') : undefined
}

/** What is wrong with a bank's name: a number is none, nor is a single letter. */
export const bankNameFault = (name: string): Wording | undefined =>
  (name.match(/\p{L}/gu) ?? []).length > 1 ? undefined : words('填写的开户行不是银行名称。', "What stands for the bank is no bank's name.")
